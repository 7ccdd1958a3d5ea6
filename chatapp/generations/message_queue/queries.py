"""Reading and changing the queue of a conversation, whose owner the caller has checked and which, to change it, they
have locked.

Whoever locks the conversation first is alone with its queue until the transaction ends.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import UpdateBase, bindparam, func
from sqlmodel import col, delete, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.conversations.commands import Exchange
from chatapp.conversations.parameters import Parameters
from chatapp.models import Conversation, QueuedMessage
from chatapp.models.base import table


class Queued(NamedTuple):
    """A message that waits. `edited_text` is what somebody has made of its text so far, None while nobody does."""

    id: str
    text: str
    edited_text: str | None


class First(NamedTuple):
    """The message that goes next, and the id of the one that it would follow."""

    message: QueuedMessage
    parent_id: str | None


# Constants, which SQLAlchemy compiles once: see lifecycle.py.
_OF_CONVERSATION = col(QueuedMessage.conversation_id) == bindparam("queue_of")
_WAITS = (_OF_CONVERSATION, col(QueuedMessage.removed_at).is_(None))
_ONE = (_OF_CONVERSATION, col(QueuedMessage.id) == bindparam("queued_id"))
_ONE_WAITS = (*_ONE, col(QueuedMessage.removed_at).is_(None))
_ORDER = (col(QueuedMessage.urgent).desc(), col(QueuedMessage.position), col(QueuedMessage.created_at))
_LIST = select(QueuedMessage.id, QueuedMessage.text, QueuedMessage.edited_text).where(*_WAITS).order_by(*_ORDER)
_COUNT = select(func.count()).select_from(QueuedMessage).where(*_WAITS)
_PLACES = select(QueuedMessage.id, QueuedMessage.removed_at).where(_OF_CONVERSATION).order_by(*_ORDER)
_FIRST = (
    select(QueuedMessage, Conversation.active_leaf_id)
    .join(Conversation, col(Conversation.id) == col(QueuedMessage.conversation_id))
    .where(*_WAITS, col(Conversation.deleted_at).is_(None))
    .order_by(*_ORDER)
    .limit(1)
    .execution_options(populate_existing=True)
)
_NEXT_POSITION = select(func.coalesce(func.max(col(QueuedMessage.position)), 0) + 1).where(
    col(QueuedMessage.conversation_id) == bindparam("conversation_id")
)
_ADD = insert(table(QueuedMessage)).values(
    id=bindparam("id"),
    conversation_id=bindparam("conversation_id"),
    position=_NEXT_POSITION.scalar_subquery(),
    text=bindparam("text"),
    model=bindparam("model"),
    client_message_id=bindparam("client_message_id"),
    parameters=bindparam("parameters"),
)
_TAKE = delete(QueuedMessage).where(*_ONE_WAITS)
_BEGIN_EDIT = (
    update(QueuedMessage)
    .where(*_ONE_WAITS)
    .values(edited_text=func.coalesce(col(QueuedMessage.edited_text), col(QueuedMessage.text)))
)
_KEEP_EDIT = (
    update(QueuedMessage)
    .where(*_ONE_WAITS, col(QueuedMessage.edited_text).is_not(None))
    .values(edited_text=bindparam("new_text"))
)
_SAVE = update(QueuedMessage).where(*_ONE_WAITS).values(text=bindparam("new_text"), edited_text=None)
_CANCEL_EDIT = update(QueuedMessage).where(*_ONE_WAITS).values(edited_text=None)
_PLACE = update(QueuedMessage).where(*_ONE).values(position=bindparam("place"))
_HURRY = update(QueuedMessage).where(*_ONE_WAITS).values(urgent=True)
_CALM = update(QueuedMessage).where(_OF_CONVERSATION, col(QueuedMessage.urgent)).values(urgent=False)
_REMOVE = update(QueuedMessage).where(*_ONE_WAITS).values(removed_at=bindparam("moment"), urgent=False)
_RESTORE = update(QueuedMessage).where(*_ONE).values(removed_at=None)


async def list_queued(db: AsyncSession, conversation_id: str) -> list[Queued]:
    """What waits in this conversation, in the order in which it will be sent."""
    return [Queued(*row) for row in await db.exec(_LIST, params={"queue_of": conversation_id})]


async def count(db: AsyncSession, conversation_id: str) -> int:
    """How many messages wait in this conversation."""
    return (await db.exec(_COUNT, params={"queue_of": conversation_id})).one()


async def find_first(db: AsyncSession, conversation_id: str) -> First | None:
    """What goes next; None when nothing waits, or the conversation is deleted."""
    row = (await db.exec(_FIRST, params={"queue_of": conversation_id})).first()
    return First(*row) if row else None


async def add(db: AsyncSession, conversation_id: str, added: Exchange, parameters: Parameters) -> None:
    """Have a question wait at the end, to be answered with these parameters. IntegrityError: it does already."""
    queued: dict[str, object] = {"id": added.question_id, "conversation_id": conversation_id, "text": added.text}
    queued |= {"model": added.model, "client_message_id": added.client_message_id, "parameters": dict(parameters)}
    await db.exec(_ADD, params=queued)


async def take(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Take a message out, to send it; False when it does not wait any more. Of several who try, one gets it."""
    return await _changes(db, _TAKE, conversation_id, queued_id)


async def begin_edit(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Hold a message back while its text is changed; False when it does not wait any more, as below."""
    return await _changes(db, _BEGIN_EDIT, conversation_id, queued_id)


async def keep_edit(db: AsyncSession, conversation_id: str, queued_id: str, text: str) -> bool:
    """Remember what its text is to be; False also when nobody is changing it."""
    return await _changes(db, _KEEP_EDIT, conversation_id, queued_id, new_text=text)


async def save(db: AsyncSession, conversation_id: str, queued_id: str, text: str) -> bool:
    """Give a message another text, and let it go on."""
    return await _changes(db, _SAVE, conversation_id, queued_id, new_text=text)


async def cancel_edit(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Let a message go on with the text that it had."""
    return await _changes(db, _CANCEL_EDIT, conversation_id, queued_id)


async def move(db: AsyncSession, conversation_id: str, queued_id: str, place: int) -> bool:
    """Make a message the one at `place`, counted from 0. What was removed keeps its neighbours, for an undo."""
    rows = (await db.exec(_PLACES, params={"queue_of": conversation_id})).all()
    waiting = [row[0] for row in rows if row[1] is None]
    if queued_id not in waiting:
        return False
    in_order = _moved([row[0] for row in rows], waiting, queued_id, place)
    for number, moved_id in enumerate(in_order, start=1):
        await _changes(db, _PLACE, conversation_id, moved_id, place=number)
    return True


def _moved(in_order: list[str], waiting: Sequence[str], queued_id: str, place: int) -> list[str]:
    """All ids with one at its new place: before or behind the waiting one that is there now, whence it comes."""
    target = waiting[max(0, min(place, len(waiting) - 1))]
    goes_down = waiting.index(queued_id) < waiting.index(target)
    others = [id_ for id_ in in_order if id_ != queued_id]
    index = others.index(target) + goes_down if target != queued_id else in_order.index(queued_id)
    return [*others[:index], queued_id, *others[index:]]


async def hurry(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Have a message go next, however the answer before it ends."""
    return await _changes(db, _HURRY, conversation_id, queued_id)


async def calm(db: AsyncSession, conversation_id: str) -> None:
    """Take that back: somebody has pressed Stop since."""
    await db.exec(_CALM, params={"queue_of": conversation_id}, execution_options={"synchronize_session": False})


async def remove(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Hide a message, until it is restored or purged."""
    return await _changes(db, _REMOVE, conversation_id, queued_id, moment=now())


async def restore(db: AsyncSession, conversation_id: str, queued_id: str) -> bool:
    """Have a message that was removed wait again, where it was; False when the time for that is over."""
    return await _changes(db, _RESTORE, conversation_id, queued_id)


async def list_removed_before(db: AsyncSession, moment: datetime) -> list[str]:
    """Ids of messages, of anybody, that were removed before `moment`."""
    return list(await db.exec(select(QueuedMessage.id).where(col(QueuedMessage.removed_at) < moment)))


async def purge(db: AsyncSession, queued_id: str) -> None:
    """Take a message that was removed, and not restored since, out of the database for good."""
    gone = (col(QueuedMessage.id) == queued_id, col(QueuedMessage.removed_at).is_not(None))
    await db.exec(delete(QueuedMessage).where(*gone))


async def _changes(
    db: AsyncSession, statement: UpdateBase, conversation_id: str, queued_id: str, **values: object
) -> bool:
    """Run it for one message; returns whether it changed that."""
    one: Mapping[str, object] = {"queue_of": conversation_id, "queued_id": queued_id, **values}
    result = await db.exec(statement, params=one, execution_options={"synchronize_session": False})
    return result.rowcount > 0
