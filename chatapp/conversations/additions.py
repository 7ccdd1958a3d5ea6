"""Adding conversations and messages, and what a question changes about a conversation, in the caller's transaction.

These are statements on the tables, made once: to make entities and have the session keep track of them, four for each
question, was a third of what a question cost. The caller has checked the owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import queries
from chatapp.models import Conversation, Message, Role, TitleSource
from chatapp.models.base import new_id

_CONVERSATIONS: Any = Conversation.__table__  # type: ignore[attr-defined]
_MESSAGES: Any = Message.__table__  # type: ignore[attr-defined]
_ADD_CONVERSATION: Any = sa.insert(_CONVERSATIONS)
_ADD_MESSAGE: Any = sa.insert(_MESSAGES).values(ordinal=queries.NEXT_ORDINAL)
_SHOW_ANSWER: Any = (
    sa.update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("shown_in"))
    .values(active_leaf_id=bindparam("leaf_id"), model=bindparam("by_model"), updated_at=bindparam("moment"))
)
_NOTHING_YET: Mapping[str, str | None] = {"role": Role.ASSISTANT, "text": "", "client_message_id": None}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what its page calls it, and the answer that `model` is to write; both are yet to be added."""

    text: str
    client_message_id: str
    model: str
    question_id: str = field(default_factory=new_id)
    answer_id: str = field(default_factory=new_id)


async def add_conversation(db: AsyncSession, principal: Principal, title: str, first: Exchange) -> str:
    """Begin a conversation of this person that shows `first`, which is added next; returns its id.

    IntegrityError: the same send has begun one already.
    """
    conversation_id, moment = new_id(), now()
    row = {
        "id": conversation_id,
        "owner_id": principal.user_id,
        "title": title,
        "title_source": TitleSource.QUESTION,
        "model": first.model,
        "active_leaf_id": first.answer_id,
        "first_client_message_id": first.client_message_id,
        "created_at": moment,
        "updated_at": moment,
    }
    await db.exec(_ADD_CONVERSATION, params=row)
    return conversation_id


async def add_exchange(db: AsyncSession, conversation_id: str, parent_id: str | None, added: Exchange) -> None:
    """Add a question below `parent_id`, and its empty answer. IntegrityError: they are there already."""
    asked = {"role": Role.USER, "text": added.text, "client_message_id": added.client_message_id}
    question = _message(conversation_id, added.question_id, parent_id, asked)
    await db.exec(_ADD_MESSAGE, params=[question, _message(conversation_id, added.answer_id, added.question_id)])


async def add_answer(db: AsyncSession, conversation_id: str, question_id: str | None) -> str:
    """Add one more empty answer below a question; returns its id."""
    answer_id = new_id()
    await db.exec(_ADD_MESSAGE, params=_message(conversation_id, answer_id, question_id))
    return answer_id


async def show_answer(db: AsyncSession, conversation_id: str, answer_id: str, model: str) -> None:
    """Have the conversation show the branch that ends with this answer, which `model` is to write."""
    shown = {"shown_in": conversation_id, "leaf_id": answer_id, "by_model": model, "moment": now()}
    await db.exec(_SHOW_ANSWER, params=shown)


def _message(
    conversation_id: str, message_id: str, parent_id: str | None, said: Mapping[str, str | None] = _NOTHING_YET
) -> dict[str, object]:
    place = {"conversation_id": conversation_id, "parent_id": parent_id, "within_id": conversation_id}
    return {"id": message_id, **place, **said, "created_at": now()}
