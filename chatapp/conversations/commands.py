"""Adding conversations and messages, and what a question changes about a conversation, in the caller's transaction.

The caller has checked the owner.
"""

from dataclasses import dataclass, field

from sqlalchemy import bindparam
from sqlmodel import col, insert, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import queries
from chatapp.models import Conversation, Message, Role
from chatapp.models.base import new_id, table

# Constants, which SQLAlchemy compiles once, and inserts into tables: see lifecycle.py. Columns that are not named have
# their model's defaults.
_ADD_CONVERSATION = insert(table(Conversation)).values(
    id=bindparam("id"),
    owner_id=bindparam("owner_id"),
    title=bindparam("title"),
    model=bindparam("model"),
    active_leaf_id=bindparam("active_leaf_id"),
    first_client_message_id=bindparam("first_client_message_id"),
)
_ADD_MESSAGE = insert(table(Message)).values(
    id=bindparam("id"),
    conversation_id=bindparam("conversation_id"),
    parent_id=bindparam("parent_id"),
    ordinal=queries.NEXT_ORDINAL,
    role=bindparam("role"),
    text=bindparam("text"),
    client_message_id=bindparam("client_message_id"),
)


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
    conversation_id = new_id()
    begun = {"id": conversation_id, "owner_id": principal.user_id, "title": title, "model": first.model}
    begun |= {"active_leaf_id": first.answer_id, "first_client_message_id": first.client_message_id}
    await db.exec(_ADD_CONVERSATION, params=begun)
    return conversation_id


async def add_exchange(db: AsyncSession, conversation_id: str, parent_id: str | None, added: Exchange) -> None:
    """Add a question below `parent_id`, and its empty answer. IntegrityError: they are there already."""
    question = _message(conversation_id, added.question_id, parent_id)
    question |= {"role": Role.USER, "text": added.text, "client_message_id": added.client_message_id}
    await db.exec(_ADD_MESSAGE, params=[question, _message(conversation_id, added.answer_id, added.question_id)])


async def add_answer(db: AsyncSession, conversation_id: str, question_id: str | None) -> str:
    """Add one more empty answer below a question; returns its id."""
    answer_id = new_id()
    await db.exec(_ADD_MESSAGE, params=_message(conversation_id, answer_id, question_id))
    return answer_id


async def show_answer(db: AsyncSession, conversation_id: str, answer_id: str, model: str = "") -> None:
    """Have the conversation show the branch that ends with this answer, and later ones be written by `model` ("": by
    the same as before)."""
    shown = update(Conversation).where(col(Conversation.id) == conversation_id)
    chosen = {"model": model} if model else {}
    await db.exec(shown.values(active_leaf_id=answer_id, updated_at=now(), **chosen))


def _message(conversation_id: str, message_id: str, parent_id: str | None) -> dict[str, object]:
    """What _ADD_MESSAGE takes to add an empty answer."""
    return {
        "id": message_id,
        "conversation_id": conversation_id,
        "parent_id": parent_id,
        "role": Role.ASSISTANT,
        "text": "",
        "client_message_id": None,
    }
