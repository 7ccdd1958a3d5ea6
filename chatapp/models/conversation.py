"""Conversations and their tree of messages.

Siblings (same `parent_id`) are versions of one another; a conversation shows the path that ends at its
`active_leaf_id`. Nothing in the tree is ever overwritten.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from chatapp.clock import now
from chatapp.models.base import EMPTY_SQL, UtcDateTime, new_id


class Role(StrEnum):
    """Who says a message."""

    USER = "user"
    ASSISTANT = "assistant"


class TitleSource(StrEnum):
    """Where a title comes from; a person's is never replaced."""

    QUESTION = "question"
    MODEL = "model"
    PERSON = "person"


class Conversation(SQLModel, table=True):
    """One thread of messages that belongs to one person.

    `first_client_message_id` makes the first send idempotent: a double click on an empty page makes one conversation.
    `instructions` and `parameters` are what its owner has set for its answers, `conversations/parameters.py` says how.
    `deleted_at` puts it into the trash at once; the row goes when its time there is over. What is pinned or archived
    stays so meanwhile. `is_unread` says that an answer has ended which no visible page has shown.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("owner_id", "first_client_message_id", name="uq_conversation_first_client_message"),
        Index("ix_conversation_owner_order", "owner_id", "is_pinned", "updated_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE")
    title: str = ""
    title_source: str = TitleSource.QUESTION
    model: str = ""
    instructions: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": EMPTY_SQL})
    parameters: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    active_leaf_id: str | None = None
    first_client_message_id: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    is_pinned: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_archived: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_unread: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Message(SQLModel, table=True):
    """A node of the tree. `text` is a question's; an answer's text lives in its generations.

    `ordinal` is the age order inside a conversation (versions are sorted by it); `client_message_id` is what the page
    called a question, so that a repeated frame makes no second one (NULL for answers). `rating` is what its reader
    thinks of an answer: 1 good, -1 bad, 0 nothing said; `rating_note` says why.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id", name="uq_message_client_message"),
        UniqueConstraint("conversation_id", "ordinal", name="uq_message_ordinal"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE")
    parent_id: str | None = Field(default=None, foreign_key="message.id", ondelete="CASCADE", index=True)
    ordinal: int
    role: str
    text: str = Field(default="", sa_type=Text)
    client_message_id: str | None = None
    rating: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rating_note: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": EMPTY_SQL})
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Draft(SQLModel, table=True):
    """What a person has typed and not sent, for one conversation or for a new one (`conversation_id` "new")."""

    __tablename__ = "draft"

    user_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE", primary_key=True)
    conversation_id: str = Field(primary_key=True)
    text: str = Field(sa_type=Text)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
