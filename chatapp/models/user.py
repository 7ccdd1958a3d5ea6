"""People and their login sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field, SQLModel

from chatapp.clock import now
from chatapp.models.base import EMPTY_SQL, UtcDateTime, new_id


class User(SQLModel, table=True):
    """A person. `username_key` is the case-folded name and is what must be unique.

    `founder` is 1 for the first account and NULL for all others: its unique constraint lets one of two simultaneous
    first sign-ups win. `preferred_model` is the model this person picked last, as `endpoint/model`; `instructions` and
    `parameters` hold for the answers of all of their chats.
    """

    __tablename__ = "user_account"

    id: str = Field(default_factory=new_id, primary_key=True)
    username: str
    username_key: str = Field(unique=True)
    password_hash: str
    founder: int | None = Field(default=None, unique=True)
    is_admin: bool = False
    is_active: bool = True
    preferred_model: str = ""
    instructions: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": EMPTY_SQL})
    parameters: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LoginSession(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its token is kept: a copy of the database signs nobody in."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE", index=True)
    user_agent: str = ""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
