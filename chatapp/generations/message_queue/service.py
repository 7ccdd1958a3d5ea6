"""What a person does with the messages that wait: change, reorder, remove them, and have them sent.

The principal comes first everywhere, and each use case is one transaction. A message that does not wait any more is
NotFound, as a foreign one is. Notices are published after the commit.
"""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries as conversation_queries
from chatapp.conversations.text import check_question, clean
from chatapp.db import database
from chatapp.errors import NotFound, TooMany
from chatapp.generations import queries as generation_queries
from chatapp.generations.message_queue import advancing, queries
from chatapp.generations.queries import Answer
from chatapp.generations.service import announce_and_start, is_free, stop_active
from chatapp.settings import current
from chatapp.streaming import notices

Change = Callable[[AsyncSession], Awaitable[bool]]
"""Changes one message of the queue; returns whether it was there."""


@database.retries
async def begin_edit(principal: Principal, conversation_id: str, queued_id: str) -> None:
    """Hold a message back while its text is changed, on whichever device. Raises NotFound."""
    await _change(principal, conversation_id, lambda db: queries.begin_edit(db, conversation_id, queued_id))


@database.retries
async def keep_edit(principal: Principal, conversation_id: str, queued_id: str, text: str) -> None:
    """Keep what its text is going to be, so that no reload loses it. Does nothing when nobody is changing it any more.

    Raises NotFound for the conversation. It publishes nothing: other pages have a box of their own for it.
    """
    words = clean(text)[: current().message_max_characters]
    async with database.writing() as db:
        await conversation_queries.get_conversation(db, principal, conversation_id)
        await queries.keep_edit(db, conversation_id, queued_id, words)


@database.retries
async def save(principal: Principal, conversation_id: str, queued_id: str, text: str) -> None:
    """Give a message another text. Raises Invalid (empty, too long) and NotFound."""
    words = check_question(text, current().message_max_characters)
    await _change(principal, conversation_id, lambda db: queries.save(db, conversation_id, queued_id, words))


@database.retries
async def cancel_edit(principal: Principal, conversation_id: str, queued_id: str) -> None:
    """Leave a message as it was before its text was changed. Raises NotFound."""
    await _change(principal, conversation_id, lambda db: queries.cancel_edit(db, conversation_id, queued_id))


@database.retries
async def move(principal: Principal, conversation_id: str, queued_id: str, place: int) -> None:
    """Make a message the one at `place`, counted from 0; beyond the ends is at the end. Raises NotFound."""
    await _change(principal, conversation_id, lambda db: queries.move(db, conversation_id, queued_id, place))


@database.retries
async def remove(principal: Principal, conversation_id: str, queued_id: str) -> None:
    """Do not send a message. Raises NotFound."""
    await _change(principal, conversation_id, lambda db: queries.remove(db, conversation_id, queued_id))


@database.retries
async def undo_remove(principal: Principal, conversation_id: str, queued_id: str) -> None:
    """Have a message that was removed wait again, where it was. Raises NotFound when the time for that is over."""
    await _change(principal, conversation_id, lambda db: queries.restore(db, conversation_id, queued_id))


@database.retries
async def send_now(principal: Principal, conversation_id: str, queued_id: str) -> None:
    """Stop the answer that is being written, and send this message first. Raises NotFound and TooMany."""
    async with database.writing() as db:
        await conversation_queries.get_conversation(db, principal, conversation_id)
        stopping = await stop_active(db, principal, conversation_id)
        if not await queries.hurry(db, conversation_id, queued_id):
            raise NotFound("queued_gone")
        is_next = await is_free(db, principal, conversation_id)  # else whoever writes the answer sends it, at its end
        answer = await advancing.go_on(db, conversation_id) if is_next else None
    if stopping:
        await notices.stop_requested(stopping)
    await _announce(principal, conversation_id, answer)


@database.retries
async def go_on(principal: Principal, conversation_id: str) -> None:
    """Send what waits first, after a stop or a failure; while an answer is being written it will go by itself.

    Raises NotFound and TooMany.
    """
    async with database.writing() as db:
        await conversation_queries.get_conversation(db, principal, conversation_id)
        is_next = await is_free(db, principal, conversation_id)
        answer = await advancing.go_on(db, conversation_id) if is_next else None
    await _announce(principal, conversation_id, answer)


async def _change(principal: Principal, conversation_id: str, change: Change) -> None:
    """Make one change. What nothing holds back any more goes: the answer before it has ended meanwhile."""
    async with database.writing() as db:
        await conversation_queries.get_conversation(db, principal, conversation_id)
        if not await change(db):
            raise NotFound("queued_gone")
        answer = await _advance_if_free(db, principal, conversation_id)
    await _announce(principal, conversation_id, answer)


async def _advance_if_free(db: AsyncSession, principal: Principal, conversation_id: str) -> Answer | None:
    try:
        if not await is_free(db, principal, conversation_id):
            return None
    except TooMany:  # it waits, and can be sent by hand
        return None
    newest = await generation_queries.find_newest(db, principal.user_id, conversation_id)
    return await advancing.advance(db, conversation_id, newest[1]) if newest else None


async def _announce(principal: Principal, conversation_id: str, answer: Answer | None) -> None:
    if answer:
        await announce_and_start(principal, conversation_id, answer.generation_id)
    else:
        await notices.conversation_changed(principal.user_id, conversation_id)
