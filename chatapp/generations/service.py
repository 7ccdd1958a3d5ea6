"""Asking for answers and ending them: start, stop, retry, regenerate, continue. The principal comes first everywhere.

Each try is a new Generation. Retry and regenerate add a sibling message, so the earlier answer stays reachable;
continue adds a generation to the same message and goes on from what is there.
"""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp import limits
from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import commands
from chatapp.conversations import queries as conversation_queries
from chatapp.conversations.order import queries as order_queries
from chatapp.db import database
from chatapp.errors import Conflict, Invalid, NotFound, TooMany
from chatapp.generations import dispatch, lifecycle, queries
from chatapp.generations.message_queue import queries as queue_queries
from chatapp.generations.queries import Answer
from chatapp.models import Conversation, Message, Role, Status
from chatapp.settings import current
from chatapp.streaming import notices

CONTINUABLE = frozenset({Status.STOPPED, Status.INTERRUPTED, Status.FAILED})


async def check_may_ask(db: AsyncSession, principal: Principal, conversation_id: str = "") -> None:
    """Count one more answer that this person asks for, in this conversation ("": a new one).

    Raises TooMany when it is one too many, and Conflict while another one is queued or being written there.
    """
    await count_question(principal)
    if not await is_free(db, principal, conversation_id):
        raise Conflict("busy", code="busy")


async def count_question(principal: Principal) -> None:
    """Count one more question of this person. Raises TooMany when it is one too many."""
    await limits.check("message", current().message_limit, principal.user_id, reason="too_many_questions")


async def is_free(db: AsyncSession, principal: Principal, conversation_id: str) -> bool:
    """Whether no answer of this conversation is queued or being written, so that another may begin.

    Raises TooMany when that would be one too many at once, of all of this person's conversations.
    """
    running = await queries.list_running_conversations(db, principal.user_id)
    if conversation_id in running:
        return False
    if len(running) >= current().active_limit:
        raise TooMany("too_many_at_once", limit=current().active_limit)
    return True


async def add_answer(db: AsyncSession, conversation_id: str, question_id: str | None, model: str) -> Answer:
    """Add one more empty answer below a question, show it and queue it, in the caller's transaction.

    IntegrityError: another one of this conversation is active.
    """
    answer_id = await commands.add_answer(db, conversation_id, question_id)
    await commands.show_answer(db, conversation_id, answer_id, model)
    return await queue(db, conversation_id, answer_id, model)


async def queue(db: AsyncSession, conversation_id: str, answer_id: str, model: str) -> Answer:
    """Have an empty answer written, once the caller's transaction is committed and somebody calls `announce_and_start`.

    IntegrityError: another one of this conversation is active.
    """
    generation_id = await lifecycle.queue(db, conversation_id, answer_id, model)
    return Answer(answer_id, generation_id, status=Status.QUEUED, model=model, began_at=now())


@database.retries
async def stop(principal: Principal, conversation_id: str) -> None:
    """End the answer that is being written in this conversation; its text stays. Does nothing when none is."""
    async with database.writing() as db:
        await conversation_queries.get_conversation(db, principal, conversation_id)
        generation_id = await stop_active(db, principal, conversation_id)
    if generation_id:
        await notices.stop_requested(generation_id)
        await notices.conversation_changed(principal.user_id, conversation_id)


async def stop_active(db: AsyncSession, principal: Principal, conversation_id: str) -> str | None:
    """Flag the active generation in the caller's transaction; returns its id, so that a notice can follow.

    What is queued behind it stays there, also what was to go next at all events.
    """
    generation_id = await queries.find_active_id(db, principal.user_id, conversation_id)
    if generation_id:
        await lifecycle.stop(db, generation_id)
        await queue_queries.calm(db, conversation_id)
    return generation_id


@database.retries
async def delete_conversations(principal: Principal, conversation_ids: Sequence[str]) -> tuple[str, ...]:
    """Move conversations to the trash and stop what runs in them; returns the ids of those that were not there yet.

    Raises NotFound when one is somebody else's, and when all are there.
    """
    async with database.writing() as db:
        standings = await order_queries.list_standings(db, principal, conversation_ids)
        kept = tuple(one.id for one in standings if not one.is_deleted)
        if not kept:
            raise NotFound
        await order_queries.assign(db, kept, deleted_at=now())
        running = set(await queries.list_running_conversations(db, principal.user_id)) & set(kept)
        stopping = [await stop_active(db, principal, conversation_id) for conversation_id in sorted(running)]
    await notices.conversations_changed(principal.user_id, kept)
    for generation_id in filter(None, stopping):
        await notices.stop_requested(generation_id)
    return kept


@database.retries
async def regenerate(principal: Principal, message_id: str, model: str) -> None:
    """Write another version of an answer (also: retry a failed one). Raises NotFound, Invalid, Conflict, TooMany."""
    try:
        async with database.writing() as db:
            message, conversation = await _get_answer_message(db, principal, message_id)
            await check_may_ask(db, principal, conversation.id)
            answer = await add_answer(db, conversation.id, message.parent_id, model or conversation.model)
    except IntegrityError as error:  # two tabs at once: the partial unique index lets one win
        raise Conflict("busy", code="busy") from error
    await announce_and_start(principal, conversation.id, answer.generation_id)


@database.retries
async def continue_answer(principal: Principal, message_id: str) -> None:
    """Go on where an answer ended too early. Raises NotFound, Invalid, Conflict, TooMany."""
    try:
        async with database.writing() as db:
            message, conversation = await _get_answer_message(db, principal, message_id)
            if message.id != conversation.active_leaf_id:
                raise Invalid("not_the_last_answer")
            await check_may_ask(db, principal, conversation.id)
            answer = (await queries.list_answers(db, [message.id]))[message.id]
            if not can_continue(answer):
                raise Invalid("answer_is_complete")
            model = conversation.model or answer.model
            generation_id = await lifecycle.queue(db, conversation.id, message.id, model, answer.generation_id)
            conversation.updated_at = now()
    except IntegrityError as error:
        raise Conflict("busy", code="busy") from error
    await announce_and_start(principal, conversation.id, generation_id)


def can_continue(answer: Answer) -> bool:
    """Whether an answer has text and ended before the model said that it was done."""
    ended_early = answer.status in CONTINUABLE or answer.finish_reason == "length"
    return bool(answer.text) and ended_early and answer.status != Status.RUNNING


async def announce_and_start(principal: Principal, conversation_id: str, generation_id: str) -> None:
    """After the commit: have the generation run, and open pages look."""
    await dispatch.start(generation_id)
    await notices.conversation_changed(principal.user_id, conversation_id)


async def _get_answer_message(db: AsyncSession, principal: Principal, message_id: str) -> tuple[Message, Conversation]:
    message, conversation = await conversation_queries.get_message(db, principal, message_id, to_change=True)
    if message.role != Role.ASSISTANT:
        raise Invalid("not_an_answer")
    return message, conversation
