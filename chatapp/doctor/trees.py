"""Broken trees of messages: every parent must be an older message of the same conversation, every leaf one of its own.

That parents are older is what makes cycles impossible, so ordinals are put right before parents are. Nothing here
takes a message away; what hung on nothing hangs on the message before it afterwards.
"""

from collections.abc import Sequence

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.doctor.findings import Finding, Kind
from chatapp.models import Conversation, Message, Role

LOST_TEXT = "[The text of this message was lost.]"


async def _find_ordinals(db: AsyncSession) -> list[Finding]:
    doubled = (
        select(Message.conversation_id)
        .group_by(col(Message.conversation_id), col(Message.ordinal))
        .having(func.count() > 1)
        .distinct()
    )
    return [Finding(id_, "two messages of the chat have one ordinal") for id_ in await db.exec(doubled)]


async def _mend_ordinals(db: AsyncSession, conversation_ids: Sequence[str]) -> None:
    """Renumber the messages in the order they had. Negative numbers first, as no two may be equal on the way."""
    for conversation_id in conversation_ids:
        in_order = select(Message.id).where(Message.conversation_id == conversation_id)
        ids = (await db.exec(in_order.order_by(col(Message.ordinal), col(Message.created_at), col(Message.id)))).all()
        for sign in (-1, 1):
            for number, message_id in enumerate(ids, start=1):
                await db.exec(update(Message).where(col(Message.id) == message_id).values(ordinal=sign * number))


async def _find_parents(db: AsyncSession) -> list[Finding]:
    parent = aliased(Message)
    rows = await db.exec(
        select(col(Message.id), col(Message.conversation_id), parent.id, parent.conversation_id)
        .outerjoin(parent, col(Message.parent_id) == col(parent.id))
        .where(col(Message.parent_id).is_not(None))
        .where(
            col(parent.id).is_(None)
            | (col(parent.conversation_id) != col(Message.conversation_id))
            | (col(parent.ordinal) >= col(Message.ordinal))
        )
    )
    return [
        Finding(message_id, _wrong_parent(parent_id, is_ours=theirs == ours))
        for message_id, ours, parent_id, theirs in rows
    ]


def _wrong_parent(parent_id: str | None, *, is_ours: bool) -> str:
    if parent_id is None:
        return "the message it follows does not exist"
    return "it follows a message that is not older: a cycle" if is_ours else "it follows a message of another chat"


async def _mend_parents(db: AsyncSession, message_ids: Sequence[str]) -> None:
    for message_id in message_ids:
        message = await db.get_one(Message, message_id)
        message.parent_id = await find_place(db, message.conversation_id, message.role, before=message.ordinal)
        await db.flush()


async def find_place(db: AsyncSession, conversation_id: str, role: str, *, before: int) -> str | None:
    """The newest message of the other role that is older than ordinal `before`: what such a message may follow."""
    found = await db.exec(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.role != role, Message.ordinal < before)
        .order_by(col(Message.ordinal).desc())
        .limit(1)
    )
    return found.first()


async def _find_leaves(db: AsyncSession) -> list[Finding]:
    leaf = aliased(Message)
    has_messages = select(Message.id).where(Message.conversation_id == Conversation.id).exists()
    rows = await db.exec(
        select(col(Conversation.id), col(Conversation.active_leaf_id), leaf.id)
        .outerjoin(leaf, col(Conversation.active_leaf_id) == col(leaf.id))
        .where(
            (col(Conversation.active_leaf_id).is_not(None) & col(leaf.id).is_(None))
            | (col(leaf.conversation_id) != col(Conversation.id))
            | (col(Conversation.active_leaf_id).is_(None) & has_messages)
        )
    )
    return [Finding(row[0], _wrong_leaf(row[1], row[2])) for row in rows]


def _wrong_leaf(active_leaf_id: str | None, leaf_id: str | None) -> str:
    if active_leaf_id is None:
        return "it has messages and shows none"
    return "it shows a message that does not exist" if leaf_id is None else "it shows a message of another chat"


async def _mend_leaves(db: AsyncSession, conversation_ids: Sequence[str]) -> None:
    """Show the newest message: it is at the end of its branch, as parents are older."""
    for conversation_id in conversation_ids:
        own = select(Message.id).where(Message.conversation_id == conversation_id)
        newest = (await db.exec(own.order_by(col(Message.ordinal).desc()).limit(1))).first()
        shown = update(Conversation).where(col(Conversation.id) == conversation_id)
        await db.exec(shown.values(active_leaf_id=newest))


async def _find_empty_questions(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(select(Message.id).where(Message.role == Role.USER, func.trim(Message.text) == ""))
    return [Finding(message_id, "a question without text") for message_id in rows]


async def _mend_empty_questions(db: AsyncSession, message_ids: Sequence[str]) -> None:
    await db.exec(update(Message).where(col(Message.id).in_(message_ids)).values(text=LOST_TEXT))


KINDS = (
    Kind("doubled ordinal", _find_ordinals, _mend_ordinals),
    Kind("broken parent", _find_parents, _mend_parents),
    Kind("wrong leaf", _find_leaves, _mend_leaves),
    Kind("question without text", _find_empty_questions, _mend_empty_questions),
)
