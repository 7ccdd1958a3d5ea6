"""The last thing that was taken away, and can be brought back. There is one offer at a time: the toast."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import reflex as rx

from chatapp import words
from chatapp.accounts.principal import Principal
from chatapp.conversations.order import service as order
from chatapp.generations.message_queue import service as message_queue


class Kind(StrEnum):
    """How something was taken away."""

    DELETED = "deleted"
    ARCHIVED = "archived"
    UNQUEUED = "unqueued"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away. `ids` are as its way back takes them; `was_open` says that one of them was a page then."""

    kind: Kind
    ids: tuple[str, ...]
    was_open: bool = False


async def _restore(principal: Principal, taken: Taken) -> None:
    await order.restore(principal, taken.ids)


async def _unarchive(principal: Principal, taken: Taken) -> None:
    await order.set_archived(principal, taken.ids, is_archived=False)


async def _queue_again(principal: Principal, taken: Taken) -> None:
    await message_queue.undo_remove(principal, *taken.ids)


_WAYS_BACK: Mapping[Kind, Callable[[Principal, Taken], Awaitable[None]]] = {
    Kind.DELETED: _restore,
    Kind.ARCHIVED: _unarchive,
    Kind.UNQUEUED: _queue_again,
}
_SAID = {
    Kind.DELETED: (words.CHAT_DELETED, words.CHATS_DELETED),
    Kind.ARCHIVED: (words.CHAT_ARCHIVED, words.CHATS_ARCHIVED),
    Kind.UNQUEUED: (words.MESSAGE_REMOVED, words.MESSAGE_REMOVED),
}
"""Of one, and of several."""


class UndoState(rx.State):
    """`key` names the offer ("": there is none), `said` are its words, `last_id` is of what gets the focus back."""

    key: str = ""
    said: str = ""
    last_id: str = ""

    _taken: Taken | None = None


async def offer(state: rx.State, taken: Taken) -> None:
    """Offer to bring this back, instead of what was offered before."""
    undo, (one, several) = await state.get_state(UndoState), _SAID[taken.kind]
    undo._taken, undo.last_id = taken, taken.ids[-1]
    undo.key = f"{taken.kind} {undo.last_id}"
    undo.said = one if len(taken.ids) == 1 else several.format(count=len(taken.ids))


async def bring_back(state: rx.State, principal: Principal) -> Taken | None:
    """Bring back what was taken away last; returns it, None when there is nothing. Raises NotFound when it is gone."""
    undo = await state.get_state(UndoState)
    taken, undo.key, undo._taken = undo._taken, "", None
    if taken:
        await _WAYS_BACK[taken.kind](principal, taken)
    return taken
