"""Adding conversations and messages, and what a question changes about a conversation, in the caller's transaction.

These are statements on the tables, made once: to make entities and have the session keep track of them, four for each
question, was a third of what a question cost. The caller has checked the owner.
"""

from collections.abc import Mapping
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


async def add_conversation(db: AsyncSession, principal: Principal, title: str, client_message_id: str) -> str:
    """Begin a conversation of this person; returns its id. IntegrityError: a send with this id has begun one."""
    conversation_id, moment = new_id(), now()
    row = {
        "id": conversation_id,
        "owner_id": principal.user_id,
        "title": title,
        "title_source": TitleSource.QUESTION,
        "model": "",
        "first_client_message_id": client_message_id,
        "created_at": moment,
        "updated_at": moment,
    }
    await db.exec(_ADD_CONVERSATION, params=row)
    return conversation_id


async def add_question(
    db: AsyncSession, conversation_id: str, parent_id: str | None, text: str, client_message_id: str
) -> str:
    """Add what a person asks below `parent_id`; returns its id. IntegrityError: it is there already."""
    said = {"role": Role.USER, "text": text, "client_message_id": client_message_id}
    return await _add_message(db, conversation_id, parent_id, said)


async def add_answer(db: AsyncSession, conversation_id: str, question_id: str | None, model: str) -> str:
    """Add an empty answer below a question, to be written by `model`, and show it; returns its id."""
    nothing = {"role": Role.ASSISTANT, "text": "", "client_message_id": None}
    answer_id = await _add_message(db, conversation_id, question_id, nothing)
    shown = {"shown_in": conversation_id, "leaf_id": answer_id, "by_model": model, "moment": now()}
    await db.exec(_SHOW_ANSWER, params=shown)
    return answer_id


async def _add_message(
    db: AsyncSession, conversation_id: str, parent_id: str | None, said: Mapping[str, str | None]
) -> str:
    message_id = new_id()
    place = {"conversation_id": conversation_id, "parent_id": parent_id, "within_id": conversation_id}
    await db.exec(_ADD_MESSAGE, params={"id": message_id, **place, **said, "created_at": now()})
    return message_id
