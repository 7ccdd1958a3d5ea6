"""Keeping conversations in order: lists, pins, archive and trash. The principal first, one transaction each.

What moves conversations takes several ids. One of them that is not this person's is NotFound; it returns those that it
has moved, which alone an undo moves back. To delete stops what runs, and stands in `generations`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations.order import queries
from chatapp.conversations.order.queries import Standing
from chatapp.conversations.order.shelf import Shelf
from chatapp.conversations.queries import get_heading, remove
from chatapp.db import database
from chatapp.errors import NotFound
from chatapp.streaming import notices


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of a person's list. `moment` is when it last changed; in the trash, when it was deleted."""

    id: str
    title: str
    moment: datetime
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands on a shelf, and in which of these conversations an answer is written, or has ended unseen."""

    conversations: tuple[Summary, ...]
    has_more: bool
    running_ids: tuple[str, ...]
    unread_ids: tuple[str, ...]


@database.retries
async def list_shelf(principal: Principal, shelf: Shelf, limit: int) -> Listed:
    """The first `limit` conversations there: pinned ones, then the one that changed last."""
    async with database.reading() as db:
        found = await queries.list_lines(db, principal, shelf, limit=limit + 1)
    shown = found[:limit]
    return Listed(
        tuple(Summary(line.id, line.title, line.moment, line.is_pinned and shelf is Shelf.CHATS) for line in shown),
        has_more=len(found) > limit,
        running_ids=tuple(sorted(line.id for line in shown if line.is_running)),
        unread_ids=tuple(sorted(line.id for line in shown if line.is_unread)),
    )


@database.retries
async def set_pinned(principal: Principal, conversation_ids: Sequence[str], *, is_pinned: bool) -> tuple[str, ...]:
    """Keep conversations at the top of the list, or no longer. Raises NotFound, also for deleted ones."""
    return await _mark(principal, conversation_ids, "is_pinned", is_pinned)


@database.retries
async def set_archived(principal: Principal, conversation_ids: Sequence[str], *, is_archived: bool) -> tuple[str, ...]:
    """Move conversations to the archive, or back. Raises NotFound, also for deleted ones."""
    return await _mark(principal, conversation_ids, "is_archived", is_archived)


@database.retries
async def restore(principal: Principal, conversation_ids: Sequence[str]) -> tuple[str, ...]:
    """Take conversations out of the trash, back to where they were. Raises NotFound, also when they are gone."""
    async with database.writing() as db:
        moved = await _list_deleted(db, principal, conversation_ids)
        await queries.assign(db, moved, deleted_at=None)
    await notices.conversations_changed(principal.user_id, moved)
    return moved


@database.retries
async def delete_for_good(principal: Principal, conversation_ids: Sequence[str]) -> None:
    """Take conversations that are in the trash out of the database, with all that was said. Raises NotFound."""
    async with database.writing() as db:
        await remove(db, await _list_deleted(db, principal, conversation_ids))
    await notices.list_changed(principal.user_id)


@database.retries
async def mark_seen(principal: Principal, conversation_id: str) -> None:
    """Note that a page that is looked at has shown the newest answer of a conversation. Raises NotFound."""
    async with database.writing() as db:
        is_news = await queries.mark_seen(db, principal, conversation_id)
        if not is_news:
            await get_heading(db, principal, conversation_id)
    if is_news:
        await notices.list_changed(principal.user_id)


async def _mark(
    principal: Principal, conversation_ids: Sequence[str], mark: Literal["is_pinned", "is_archived"], value: object
) -> tuple[str, ...]:
    async with database.writing() as db:
        kept = await _list_kept(db, principal, conversation_ids)
        moved = tuple(one.id for one in kept if getattr(one, mark) != value)
        await queries.assign(db, moved, **{mark: value})
    await notices.list_changed(principal.user_id)
    return moved


async def _list_deleted(db: AsyncSession, principal: Principal, conversation_ids: Sequence[str]) -> tuple[str, ...]:
    deleted = [one for one in await queries.list_standings(db, principal, conversation_ids) if one.is_deleted]
    return tuple(one.id for one in _some(deleted))


async def _list_kept(db: AsyncSession, principal: Principal, conversation_ids: Sequence[str]) -> list[Standing]:
    kept = [one for one in await queries.list_standings(db, principal, conversation_ids) if not one.is_deleted]
    return _some(kept)


def _some(standings: list[Standing]) -> list[Standing]:
    if not standings:
        raise NotFound
    return standings
