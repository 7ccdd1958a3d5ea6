"""The lists that a person's conversations stand in, and where each of them stands.

A shelf shows what is pinned first, then what changed last; the trash shows what was deleted last.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations import access
from chatapp.conversations.order.shelf import Shelf
from chatapp.errors import NotFound
from chatapp.models import ACTIVE_LITERALS, Conversation, Generation


class Line(NamedTuple):
    """A conversation in a person's list. `moment` is when it last changed; in the trash, when it was deleted."""

    id: str
    title: str
    moment: datetime
    is_pinned: bool
    is_unread: bool
    is_running: bool


class Standing(NamedTuple):
    """Where a conversation stands, as whoever is about to move it finds it."""

    id: str
    is_pinned: bool
    is_archived: bool
    is_deleted: bool


_IS_DELETED = col(Conversation.deleted_at).is_not(None)
_IS_ARCHIVED = col(Conversation.is_archived).is_(True)
_IS_ON = {
    Shelf.CHATS: (~_IS_DELETED, ~_IS_ARCHIVED),
    Shelf.ARCHIVE: (~_IS_DELETED, _IS_ARCHIVED),
    Shelf.TRASH: (_IS_DELETED,),
}
_ORDER = {
    Shelf.CHATS: (col(Conversation.is_pinned), col(Conversation.updated_at)),
    Shelf.ARCHIVE: (col(Conversation.updated_at),),
    Shelf.TRASH: (col(Conversation.deleted_at),),
}
_IS_RUNNING = exists(
    select(Generation.id).where(
        col(Generation.conversation_id) == col(Conversation.id), col(Generation.status).in_(ACTIVE_LITERALS)
    )
)
# Constants, which SQLAlchemy compiles once: see lifecycle.py.
_LINES = {
    shelf: select(  # type: ignore[call-overload]  # SQLModel's types end at four columns
        Conversation.id, Conversation.title, order[-1], Conversation.is_pinned, Conversation.is_unread, _IS_RUNNING
    )
    .where(access.may_read(bindparam("user_id")), *_IS_ON[shelf])
    .order_by(*(column.desc() for column in order), col(Conversation.id))
    .limit(bindparam("limit"))
    for shelf, order in _ORDER.items()
}
_STANDINGS = (
    select(Conversation.id, Conversation.is_pinned, Conversation.is_archived, _IS_DELETED)
    .where(
        col(Conversation.id).in_(bindparam("conversation_ids", expanding=True)),
        access.may_change(bindparam("user_id")),
    )
    .order_by(col(Conversation.id))
    .with_for_update(key_share=True)
)
_SEEN = (
    update(Conversation)
    .where(
        col(Conversation.id) == bindparam("seen_id"),
        access.may_change(bindparam("user_id")),
        col(Conversation.is_unread).is_(True),
    )
    .values(is_unread=False)
)


async def list_lines(db: AsyncSession, principal: Principal, shelf: Shelf, *, limit: int) -> list[Line]:
    """The first `limit` conversations of a shelf of this person."""
    found = await db.exec(_LINES[shelf], params={"user_id": principal.user_id, "limit": limit})
    return [Line(*row) for row in found]


async def list_standings(db: AsyncSession, principal: Principal, conversation_ids: Sequence[str]) -> list[Standing]:
    """Where these conversations of this person stand, locked until the transaction ends.

    Raises NotFound when one of them is not there, or somebody else's.
    """
    wanted = {"conversation_ids": sorted(set(conversation_ids)), "user_id": principal.user_id}
    found = [Standing(*row) for row in await db.exec(_STANDINGS, params=wanted)]
    if not found or len(found) < len(wanted["conversation_ids"]):
        raise NotFound
    return found


async def assign(db: AsyncSession, conversation_ids: Sequence[str], **values: object) -> None:
    """Set columns of conversations. The caller has checked whose they are, by `list_standings`."""
    if conversation_ids:
        named = col(Conversation.id).in_(conversation_ids)
        changed = update(Conversation).where(named).values(**values)
        await db.exec(changed, execution_options={"synchronize_session": False})


async def mark_seen(db: AsyncSession, principal: Principal, conversation_id: str) -> bool:
    """Note that this person has seen the newest answer; returns whether that was news."""
    seen = {"seen_id": conversation_id, "user_id": principal.user_id}
    result = await db.exec(_SEEN, params=seen, execution_options={"synchronize_session": False})
    return result.rowcount > 0
