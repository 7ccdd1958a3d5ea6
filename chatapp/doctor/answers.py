"""Answers without a generation, generations without an answer, and answers that say they are whole and have no text."""

from collections.abc import Sequence

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.doctor import trees
from chatapp.doctor.findings import Finding, Kind
from chatapp.models import Conversation, Generation, Message, Role, Status


async def _find_lost_messages(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Generation.id, Conversation.id)
        .outerjoin(Message, col(Generation.message_id) == col(Message.id))
        .outerjoin(Conversation, col(Generation.conversation_id) == col(Conversation.id))
        .where(col(Message.id).is_(None))
    )
    needs = "its chat is gone too, and with it whose it was: restore a backup"
    return [Finding(row[0], "the message it answers in does not exist", "" if row[1] else needs) for row in rows]


async def _mend_lost_messages(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    """Make the message again, as an answer to the newest question of its conversation."""
    for generation_id in generation_ids:
        generation = await db.get_one(Generation, generation_id)
        if await db.get(Message, generation.message_id):  # two tries at one answer: the first made it
            continue
        ids = select(func.max(Message.ordinal)).where(Message.conversation_id == generation.conversation_id)
        ordinal = ((await db.exec(ids)).one() or 0) + 1
        parent_id = await trees.find_place(db, generation.conversation_id, Role.ASSISTANT, before=ordinal)
        message = Message(
            id=generation.message_id,
            conversation_id=generation.conversation_id,
            parent_id=parent_id,
            ordinal=ordinal,
            role=Role.ASSISTANT,
        )
        db.add(message)
        await db.flush()


async def _find_lost_generations(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Message.id)
        .outerjoin(Generation, col(Generation.message_id) == col(Message.id))
        .where(Message.role == Role.ASSISTANT, col(Generation.id).is_(None))
    )
    return [Finding(id_, "an answer that nothing was written for") for id_ in rows]


async def _mend_lost_generations(db: AsyncSession, message_ids: Sequence[str]) -> None:
    """Give each a failed try, which offers to try again; text that the message itself has moves into it."""
    for message_id in message_ids:
        message = await db.get_one(Message, message_id)
        conversation = await db.get_one(Conversation, message.conversation_id)
        failed = Generation(
            conversation_id=message.conversation_id,
            message_id=message.id,
            model=conversation.model,
            status=Status.FAILED,
            text=message.text,
            error_code="lost",
            error_reason="answer_lost",
            created_at=message.created_at,
            finished_at=now(),
        )
        db.add(failed)
    await db.flush()


async def _find_empty(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Generation.id).where(Generation.status == Status.COMPLETED, func.trim(Generation.text) == "")
    )
    return [Finding(id_, "completed, and without text") for id_ in rows]


async def _mend_empty(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    failed = update(Generation).where(col(Generation.id).in_(generation_ids))
    await db.exec(failed.values(status=Status.FAILED, error_code="empty", error_reason="empty_answer"))


MESSAGES = Kind("generation without a message", _find_lost_messages, _mend_lost_messages)
GENERATIONS = Kind("answer without a generation", _find_lost_generations, _mend_lost_generations)
EMPTY_ANSWERS = Kind("answer without text", _find_empty, _mend_empty)
