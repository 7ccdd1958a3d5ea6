"""Reading conversations, their message tree and drafts. Every query a person can reach filters by the owner."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Boolean, Integer, bindparam, func, literal, or_
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.models import ACTIVE_LITERALS, Conversation, Draft, Generation, Message, Role

MAX_PATH_MESSAGES = 100_000
"""A path longer than this is a broken tree (a cycle), not a conversation."""


class PathMessage(NamedTuple):
    """A message of a path. `parent_id` is None for the first one of the conversation."""

    id: str
    parent_id: str | None
    role: str
    text: str


class Heading(NamedTuple):
    """What stands above a conversation's messages, and which of them is the last that it shows."""

    id: str
    title: str
    model: str
    active_leaf_id: str | None


class Line(NamedTuple):
    """A conversation in a person's list."""

    id: str
    title: str
    updated_at: datetime
    is_running: bool


# What every page asks often, made once: making a statement costs several times what running it does. What is only read
# is asked of the table: an entity that the session keeps track of costs as much again.
_MESSAGE: Any = Message.__table__.c  # type: ignore[attr-defined]
_CONVERSATIONS: Any = Conversation.__table__  # type: ignore[attr-defined]
_CONVERSATION: Any = _CONVERSATIONS.c
_GENERATION: Any = Generation.__table__.c  # type: ignore[attr-defined]
_DRAFTS: Any = Draft.__table__  # type: ignore[attr-defined]
_OWNED: Any = (
    _CONVERSATION.id == bindparam("conversation_id"),
    _CONVERSATION.owner_id == bindparam("owner_id"),
)


def _path_from_leaf() -> Any:
    first: Any = sa.select(_MESSAGE.id.label("id"), _MESSAGE.parent_id.label("parent_id"), literal(0).label("depth"))
    own = (_MESSAGE.id == bindparam("leaf_id"), _MESSAGE.conversation_id == bindparam("conversation_id"))
    path = first.where(*own).cte("path", recursive=True)
    step = (
        sa.select(_MESSAGE.id, _MESSAGE.parent_id, path.c.depth + 1)
        .join(path, _MESSAGE.id == path.c.parent_id)
        .where(path.c.depth + 1 < bindparam("limit", type_=Integer))
    )
    return path.union_all(step)


_FROM_LEAF = _path_from_leaf()
_PATH: Any = (
    sa.select(_MESSAGE.id, _MESSAGE.parent_id, _MESSAGE.role, _MESSAGE.text)
    .join(_FROM_LEAF, _MESSAGE.id == _FROM_LEAF.c.id)
    .order_by(_FROM_LEAF.c.depth.desc())
)
_PATH_LENGTH: Any = sa.select(func.count()).select_from(_FROM_LEAF)
_OWN_KEPT: Any = select(Conversation).where(*_OWNED, _CONVERSATION.deleted_at.is_(None))
_OWN_DELETED: Any = select(Conversation).where(*_OWNED, _CONVERSATION.deleted_at.is_not(None))
_HEADING: Any = sa.select(*(_CONVERSATION[name] for name in Heading._fields)).where(
    *_OWNED, _CONVERSATION.deleted_at.is_(None)
)
_IS_RUNNING: Any = sa.exists().where(
    _GENERATION.conversation_id == _CONVERSATION.id, _GENERATION.status.in_(ACTIVE_LITERALS)
)
_LINES: Any = (
    sa.select(_CONVERSATION.id, _CONVERSATION.title, _CONVERSATION.updated_at, _IS_RUNNING)
    .where(_CONVERSATION.owner_id == bindparam("owner_id"), _CONVERSATION.deleted_at.is_(None))
    .order_by(_CONVERSATION.updated_at.desc(), _CONVERSATION.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
_VERSIONS: Any = (
    sa.select(_MESSAGE.id, _MESSAGE.parent_id)
    .where(
        _MESSAGE.conversation_id == bindparam("conversation_id"),
        or_(
            _MESSAGE.parent_id.in_(bindparam("parent_ids", expanding=True)),
            _MESSAGE.parent_id.is_(None) & bindparam("with_roots", type_=Boolean),
        ),
    )
    .order_by(_MESSAGE.ordinal)
)
_BEGUN_BY: Any = sa.select(_CONVERSATION.id, _CONVERSATION.active_leaf_id).where(
    _CONVERSATION.owner_id == bindparam("owner_id"),
    _CONVERSATION.first_client_message_id == bindparam("client_message_id"),
)
_CALLED: Any = sa.select(_MESSAGE.id).where(
    _MESSAGE.conversation_id == bindparam("conversation_id"),
    _MESSAGE.client_message_id == bindparam("client_message_id"),
)
_DRAFT: Any = (_DRAFTS.c.user_id == bindparam("user_id"), _DRAFTS.c.conversation_id == bindparam("conversation_id"))
_DRAFT_TEXT: Any = sa.select(_DRAFTS.c.text).where(*_DRAFT)
_FORGET: Any = sa.delete(_DRAFTS).where(*_DRAFT)
_TOUCH: Any = (
    sa.update(_CONVERSATIONS).where(_CONVERSATION.id == bindparam("touched_id")).values(updated_at=bindparam("moment"))
)

NEXT_ORDINAL: Any = (
    sa.select(func.coalesce(func.max(_MESSAGE.ordinal), 0) + 1)
    .where(_MESSAGE.conversation_id == bindparam("within_id"))
    .scalar_subquery()
)
"""The age number of the next message of the conversation `within_id`, as part of the statement that adds it."""


async def get_conversation(
    db: AsyncSession, principal: Principal, conversation_id: str, *, deleted: bool = False, lock: bool = False
) -> Conversation:
    """A conversation of this person. Raises NotFound, also for somebody else's and for deleted ones.

    With `lock` others who change this conversation wait until the transaction ends; on SQLite all writers do anyway.
    """
    query = _OWN_DELETED if deleted else _OWN_KEPT
    conversation: Conversation = await _get_own(db, query, principal, conversation_id, lock=lock)
    return conversation


async def get_heading(db: AsyncSession, principal: Principal, conversation_id: str, *, lock: bool = False) -> Heading:
    """Only the heading, for those who need no more of the conversation and change nothing in it. Raises NotFound."""
    return Heading(*await _get_own(db, _HEADING, principal, conversation_id, lock=lock))


async def find_by_first_message(
    db: AsyncSession, principal: Principal, client_message_id: str
) -> tuple[str, str | None] | None:
    """The conversation that this person's first send with this id has made already, and the message it shows."""
    found = await db.exec(_BEGUN_BY, params={"owner_id": principal.user_id, "client_message_id": client_message_id})
    row = found.first()
    return (row[0], row[1]) if row else None


async def list_conversations(db: AsyncSession, principal: Principal, *, limit: int, offset: int = 0) -> list[Line]:
    """This person's conversations, the one that changed last first, and in which of them an answer is written."""
    found = await db.exec(_LINES, params={"owner_id": principal.user_id, "limit": limit, "offset": offset})
    return [Line(*row) for row in found]


async def find_by_client_id(db: AsyncSession, conversation_id: str, client_message_id: str) -> str | None:
    """The message that was stored for this client id already. The caller has checked the conversation's owner."""
    found = await db.exec(_CALLED, params={"conversation_id": conversation_id, "client_message_id": client_message_id})
    row = found.first()
    return row[0] if row else None


async def get_message(
    db: AsyncSession, principal: Principal, message_id: str, *, lock: bool = False
) -> tuple[Message, Conversation]:
    """A message of one of this person's conversations; `lock` as in get_conversation. Raises NotFound."""
    query = (
        select(Message, Conversation)
        .join(Conversation, col(Message.conversation_id) == col(Conversation.id))
        .where(
            Message.id == message_id,
            Conversation.owner_id == principal.user_id,
            col(Conversation.deleted_at).is_(None),
        )
    )
    found = await db.exec(query.with_for_update(of=Conversation, key_share=True) if lock else query)
    row = found.first()
    if row is None:
        raise NotFound()
    return row[0], row[1]


async def list_path(
    db: AsyncSession, conversation_id: str, leaf_id: str | None, limit: int = MAX_PATH_MESSAGES
) -> list[PathMessage]:
    """The last `limit` messages of the path that ends at `leaf_id`, oldest first."""
    found = await db.exec(_PATH, params={"leaf_id": leaf_id, "conversation_id": conversation_id, "limit": limit})
    return [PathMessage(*row) for row in found]


async def count_path(db: AsyncSession, conversation_id: str, leaf_id: str | None) -> int:
    """How many messages the path has that ends at `leaf_id`; 0 for None."""
    if leaf_id is None:
        return 0
    given = {"leaf_id": leaf_id, "conversation_id": conversation_id, "limit": MAX_PATH_MESSAGES}
    return int((await db.exec(_PATH_LENGTH, params=given)).scalar_one())


async def list_versions(
    db: AsyncSession, conversation_id: str, parent_ids: Sequence[str | None]
) -> list[tuple[str, str | None]]:
    """(id, parent id) of all messages below `parent_ids` (None: the roots), oldest version first."""
    named = [parent_id for parent_id in parent_ids if parent_id is not None]
    with_roots = len(named) < len(parent_ids)
    found = await db.exec(
        _VERSIONS, params={"conversation_id": conversation_id, "parent_ids": named, "with_roots": with_roots}
    )
    return [(row[0], row[1]) for row in found]


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


async def touch(db: AsyncSession, conversation_id: str) -> None:
    """Move the conversation to the top of its owner's list."""
    await db.exec(_TOUCH, params={"touched_id": conversation_id, "moment": now()})


async def get_owner_id(db: AsyncSession, conversation_id: str) -> str:
    """Whose conversation this is; for background work, never with an id that a browser sent. Raises NotFound."""
    conversation = await db.get(Conversation, conversation_id)
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


async def remove(db: AsyncSession, conversation_id: str) -> None:
    """Take a deleted conversation, and all that hangs on it, out of the database for good."""
    gone = col(Conversation.deleted_at).is_not(None)
    await db.exec(delete(Conversation).where(col(Conversation.id) == conversation_id, gone))
    await db.exec(delete(Draft).where(col(Draft.conversation_id) == conversation_id))


async def find_draft(db: AsyncSession, principal: Principal, conversation_id: str) -> Draft | None:
    """What this person has typed and not sent there."""
    return await db.get(Draft, (principal.user_id, conversation_id))


async def find_draft_text(db: AsyncSession, principal: Principal, conversation_id: str) -> str | None:
    """The words of it alone."""
    found = await db.exec(_DRAFT_TEXT, params={"user_id": principal.user_id, "conversation_id": conversation_id})
    row = found.first()
    return row[0] if row else None


async def remove_draft(db: AsyncSession, principal: Principal, conversation_id: str) -> None:
    """Forget what this person has typed there, if anything."""
    await db.exec(_FORGET, params={"user_id": principal.user_id, "conversation_id": conversation_id})


async def _get_own(db: AsyncSession, query: Any, principal: Principal, conversation_id: str, *, lock: bool) -> Any:
    found = await db.exec(
        query.with_for_update(key_share=True) if lock else query,
        params={"conversation_id": conversation_id, "owner_id": principal.user_id},
    )
    first = found.first()
    if first is None:
        raise NotFound()
    return first


def is_question(message: PathMessage) -> bool:
    """Whether a person wrote it."""
    return message.role == Role.USER
