"""Reading conversations, their message tree and drafts. Every query a person can reach filters by the owner."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import CTE, Boolean, bindparam, exists, func, literal
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import access
from chatapp.errors import NotFound
from chatapp.models import Conversation, Draft, Message, QueuedMessage, Role, User

Row = TypeVar("Row")

MAX_PATH_MESSAGES = 100_000
"""A path longer than this is a broken tree (a cycle), not a conversation."""


class PathMessage(NamedTuple):
    """A message of a path. `parent_id` is None for the first one of the conversation."""

    id: str
    parent_id: str | None
    role: str
    text: str
    rating: int = 0


class Heading(NamedTuple):
    """What stands above a conversation's messages, which of them is the last that it shows, whether that is new, and
    whether more wait."""

    title: str
    model: str
    active_leaf_id: str | None
    is_unread: bool
    has_queue: bool


class ChatSettings(NamedTuple):
    """What somebody has set for answers. `parameters` is None where nothing ever was."""

    instructions: str = ""
    parameters: Mapping[str, Any] | None = None


NEXT_ORDINAL = (
    select(func.coalesce(func.max(col(Message.ordinal)), 0) + 1)
    .where(col(Message.conversation_id) == bindparam("conversation_id"))
    .scalar_subquery()
)
"""The age number of the next message of a conversation, as part of the statement that adds it."""


# What is asked for each question and each page is a constant, which SQLAlchemy compiles once: see lifecycle.py.
_CHANGEABLE = select(Conversation).where(
    col(Conversation.id) == bindparam("conversation_id"), access.may_change(bindparam("user_id"))
)
_KEPT = _CHANGEABLE.where(col(Conversation.deleted_at).is_(None)).with_for_update(key_share=True)
_HAS_QUEUE = exists(
    select(QueuedMessage.id).where(
        col(QueuedMessage.conversation_id) == col(Conversation.id), col(QueuedMessage.removed_at).is_(None)
    )
)
_HEADING = select(  # type: ignore[call-overload]  # SQLModel's types end at four columns
    Conversation.title, Conversation.model, Conversation.active_leaf_id, Conversation.is_unread, _HAS_QUEUE
).where(
    col(Conversation.id) == bindparam("conversation_id"),
    access.may_read(bindparam("user_id")),
    col(Conversation.deleted_at).is_(None),
)
_END = update(Conversation).where(col(Conversation.id) == bindparam("ended_id"))
_SEEN_END = _END.values(updated_at=bindparam("ended_at"))
_UNSEEN_END = _END.values(updated_at=bindparam("ended_at"), is_unread=True)
_SENT_AS = tuple(
    select(sent.id)
    .where(
        col(sent.conversation_id) == bindparam("conversation_id"),
        col(sent.client_message_id) == bindparam("client_message_id"),
    )
    .scalar_subquery()
    for sent in (Message, QueuedMessage)
)
_SETTINGS = (
    select(User.instructions, User.parameters, Conversation.instructions, Conversation.parameters)
    .join(Conversation, col(Conversation.owner_id) == col(User.id))
    .where(col(Conversation.id) == bindparam("conversation_id"))
)
_SENT = select(func.coalesce(*_SENT_AS))
_BEGUN = select(Conversation.id, Conversation.active_leaf_id).where(
    col(Conversation.owner_id) == bindparam("user_id"),
    col(Conversation.first_client_message_id) == bindparam("client_message_id"),
)
_VERSIONS = (
    select(Message.id, Message.parent_id)
    .where(col(Message.conversation_id) == bindparam("conversation_id"))
    .where(
        col(Message.parent_id).in_(bindparam("parent_ids", expanding=True))
        | bindparam("with_roots", type_=Boolean) & col(Message.parent_id).is_(None)
    )
    .order_by(col(Message.ordinal))
)
_CONTINUED = (
    select(Message.parent_id)
    .where(
        col(Message.conversation_id) == bindparam("conversation_id"),
        col(Message.parent_id).in_(bindparam("message_ids", expanding=True)),
    )
    .order_by(col(Message.ordinal).desc())
    .limit(1)
)
_DRAFT = (col(Draft.user_id) == bindparam("writer_id"), col(Draft.conversation_id) == bindparam("draft_key"))
_DRAFT_TEXT = select(Draft.text).where(*_DRAFT)
_REMOVE_DRAFT = delete(Draft).where(*_DRAFT).execution_options(synchronize_session=False)


def _path() -> CTE:
    """The messages from a leaf to the root, and how far each is from the leaf."""
    first = select(Message.id, Message.parent_id, literal(0).label("depth")).where(
        col(Message.id) == bindparam("leaf_id"), col(Message.conversation_id) == bindparam("conversation_id")
    )
    path = first.cte("path", recursive=True)
    step = (
        select(Message.id, Message.parent_id, path.c.depth + 1)
        .join(path, col(Message.id) == path.c.parent_id)
        .where(path.c.depth + 1 < bindparam("limit"))
    )
    return path.union_all(step)


_FROM_LEAF = _path()
_PATH = cast(
    "Select[str, str | None, str, str, int]",  # SQLModel has no types for more than four columns
    select(Message.id, Message.parent_id, Message.role, Message.text)
    .add_columns(col(Message.rating))
    .join(_FROM_LEAF, col(Message.id) == _FROM_LEAF.c.id)
    .order_by(_FROM_LEAF.c.depth.desc()),
)
_PATH_LENGTH = select(func.count()).select_from(_FROM_LEAF)


async def get_conversation(db: AsyncSession, principal: Principal, conversation_id: str) -> Conversation:
    """A conversation that this person is about to change. Raises NotFound, also for somebody else's and deleted ones.

    Others who want to change it wait until the transaction ends; on SQLite all writers do anyway.
    """
    found = await db.exec(_KEPT, params={"conversation_id": conversation_id, "user_id": principal.user_id})
    return _found(found.first())


async def get_readable(db: AsyncSession, principal: Principal, conversation_id: str) -> Conversation:
    """A conversation that this person may read, all of it. Raises NotFound."""
    wanted = select(Conversation).where(
        col(Conversation.id) == conversation_id,
        access.may_read(principal.user_id),
        col(Conversation.deleted_at).is_(None),
    )
    return _found((await db.exec(wanted)).first())


async def get_person(db: AsyncSession, principal: Principal) -> User:
    """This person's own row. Raises NotFound when the account is gone."""
    return _found(await db.get(User, principal.user_id))


async def list_settings(db: AsyncSession, conversation_id: str) -> tuple[ChatSettings, ChatSettings]:
    """What the owner of a conversation has set for all of their chats, and for this one; for background work."""
    row = (await db.exec(_SETTINGS, params={"conversation_id": conversation_id})).first()
    if row is None:
        return ChatSettings(), ChatSettings()
    return ChatSettings(row[0], row[1]), ChatSettings(row[2], row[3])


async def get_heading(db: AsyncSession, principal: Principal, conversation_id: str) -> Heading:
    """Only the heading of a conversation that this person may read. Raises NotFound."""
    found = await db.exec(_HEADING, params={"conversation_id": conversation_id, "user_id": principal.user_id})
    return Heading(*_found(found.first()))


async def find_by_first_message(
    db: AsyncSession, principal: Principal, client_message_id: str
) -> tuple[str, str | None] | None:
    """The conversation that this person's first send with this id has made already, and the message it shows."""
    send = {"user_id": principal.user_id, "client_message_id": client_message_id}
    row = (await db.exec(_BEGUN, params=send)).first()
    return (row[0], row[1]) if row else None


async def find_by_client_id(db: AsyncSession, conversation_id: str, client_message_id: str) -> str | None:
    """The message that was stored or queued for this client id already, also one that was removed from the queue since.

    The caller has checked the conversation's owner.
    """
    send = {"conversation_id": conversation_id, "client_message_id": client_message_id}
    return (await db.exec(_SENT, params=send)).one()


async def get_message(
    db: AsyncSession, principal: Principal, message_id: str, *, to_change: bool = False
) -> tuple[Message, Conversation]:
    """A message and its conversation, which this person may read. Raises NotFound.

    `to_change` asks for the right to change the conversation, and has others who want to wait, as `get_conversation`.
    """
    may = access.may_change if to_change else access.may_read
    query = (
        select(Message, Conversation)
        .join(Conversation, col(Message.conversation_id) == col(Conversation.id))
        .where(col(Message.id) == message_id, may(principal.user_id), col(Conversation.deleted_at).is_(None))
    )
    found = await db.exec(query.with_for_update(of=Conversation, key_share=True) if to_change else query)
    message, conversation = _found(found.first())
    return message, conversation


async def list_path(
    db: AsyncSession, conversation_id: str, leaf_id: str | None, limit: int = MAX_PATH_MESSAGES
) -> list[PathMessage]:
    """The last `limit` messages of the path that ends at `leaf_id`, oldest first."""
    found = await db.exec(_PATH, params={"conversation_id": conversation_id, "leaf_id": leaf_id, "limit": limit})
    return [PathMessage(*row) for row in found]


async def count_path(db: AsyncSession, conversation_id: str, leaf_id: str | None) -> int:
    """How many messages the path has that ends at `leaf_id`; 0 for None."""
    if leaf_id is None:
        return 0
    whole = {"conversation_id": conversation_id, "leaf_id": leaf_id, "limit": MAX_PATH_MESSAGES}
    return (await db.exec(_PATH_LENGTH, params=whole)).one()


async def list_versions(
    db: AsyncSession, conversation_id: str, parent_ids: Sequence[str | None]
) -> list[tuple[str, str | None]]:
    """(id, parent id) of all messages below `parent_ids` (None: the roots), oldest version first."""
    known = [parent_id for parent_id in parent_ids if parent_id is not None]
    below = {"conversation_id": conversation_id, "parent_ids": known, "with_roots": None in parent_ids}
    found = await db.exec(_VERSIONS, params=below)
    return [(row[0], row[1]) for row in found]


async def find_continued(db: AsyncSession, conversation_id: str, message_ids: Sequence[str]) -> str | None:
    """Of these messages the one that the conversation went on from last, if from any."""
    among = {"conversation_id": conversation_id, "message_ids": list(message_ids)}
    return (await db.exec(_CONTINUED, params=among)).first()


async def get_newest_leaf_below(db: AsyncSession, conversation_id: str, message_id: str) -> str:
    """Where a reader who picks this version should end up: the newest message at the end of its branch."""
    found = await db.exec(
        select(Message.id, Message.parent_id)
        .where(Message.conversation_id == conversation_id)
        .order_by(col(Message.ordinal))
    )
    newest_child = {row[1]: row[0] for row in found}
    leaf, seen = message_id, set[str]()
    while leaf in newest_child and leaf not in seen:
        seen.add(leaf)
        leaf = newest_child[leaf]
    return leaf


async def note_end(db: AsyncSession, conversation_id: str, *, is_news: bool) -> None:
    """Move the conversation to the top of its owner's list. An end is news, unless a person has asked for it."""
    ended = {"ended_id": conversation_id, "ended_at": now()}
    await db.exec(_UNSEEN_END if is_news else _SEEN_END, params=ended, execution_options={"synchronize_session": False})


async def lock(db: AsyncSession, conversation_id: str) -> str:
    """Have others who want to change this conversation wait, as `get_conversation`; returns whose it is.

    For background work, never with an id that a browser sent. Raises NotFound.
    """
    conversation = await db.get(Conversation, conversation_id, with_for_update={"key_share": True})
    if conversation is None:
        raise NotFound()
    return conversation.owner_id


async def find_conversation(db: AsyncSession, conversation_id: str) -> Conversation | None:
    """A conversation for background work, never with an id that a browser sent."""
    return await db.get(Conversation, conversation_id)


async def list_deleted_before(db: AsyncSession, moment: datetime) -> list[str]:
    """Ids of conversations that were deleted before `moment`."""
    found = await db.exec(select(Conversation.id).where(col(Conversation.deleted_at) < moment))
    return list(found)


async def remove(db: AsyncSession, conversation_ids: Sequence[str]) -> None:
    """Take deleted conversations, and all that hangs on them, out of the database. The caller has checked the owner."""
    gone = col(Conversation.id).in_(conversation_ids) & col(Conversation.deleted_at).is_not(None)
    await db.exec(delete(Conversation).where(gone))
    await db.exec(delete(Draft).where(col(Draft.conversation_id).in_(conversation_ids)))


async def find_draft(db: AsyncSession, principal: Principal, conversation_id: str) -> Draft | None:
    """What this person has typed and not sent there."""
    return await db.get(Draft, (principal.user_id, conversation_id))


async def find_draft_text(db: AsyncSession, principal: Principal, conversation_id: str) -> str | None:
    """The words of it alone."""
    return (await db.exec(_DRAFT_TEXT, params=_draft(principal, conversation_id))).first()


async def remove_draft(db: AsyncSession, principal: Principal, conversation_id: str) -> None:
    """Forget what this person has typed there, if anything."""
    await db.exec(_REMOVE_DRAFT, params=_draft(principal, conversation_id))


def _draft(principal: Principal, conversation_id: str) -> dict[str, str]:
    return {"writer_id": principal.user_id, "draft_key": conversation_id}


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def is_question(message: PathMessage) -> bool:
    """Whether a person wrote it."""
    return message.role == Role.USER
