"""Generations: the tries at an answer, and the pieces of text they checkpoint."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, Text, literal_column, text
from sqlmodel import Field, SQLModel

from chatapp.clock import now
from chatapp.errors import Parameter
from chatapp.models.base import EMPTY_SQL, UtcDateTime, new_id


class Status(StrEnum):
    """The states of a generation. The last four are final and never change again."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


ACTIVE = (Status.QUEUED, Status.RUNNING)
ACTIVE_LITERALS: tuple[ColumnElement[str], ...] = tuple(literal_column(f"'{status}'") for status in ACTIVE)
"""The same for statements. The partial indexes serve only those that name the states as they do; and SQLAlchemy writes
a list of bound values into the statement each time."""

_ACTIVE_SQL = text("status IN ('queued', 'running')")


class Generation(SQLModel, table=True):
    """One try at one assistant message.

    `attempt` counts claims and fences every write; `seq` is the position in the event log up to which `text` and the
    pieces hold the answer, of which the newest came at `text_at`. `text` and `reasoning` are filled when the generation
    ends; until then the text is the pieces joined. `continues_id` names the generation this one goes on from: the
    answer shown is the chain joined. `left_out` names, with commas between, the parameters that the endpoint refused
    when it was asked for this answer. `parameters` are what was set when a question that had to wait was sent; without,
    what is set as the answer begins. `error_message` is a sentence that an older version stored; since then there are
    a reason and its parameters.
    """

    __tablename__ = "generation"
    __table_args__ = (
        Index(
            "uq_generation_one_active",
            "conversation_id",
            unique=True,
            sqlite_where=_ACTIVE_SQL,
            postgresql_where=_ACTIVE_SQL,
        ),
        Index("ix_generation_active", "status", sqlite_where=_ACTIVE_SQL, postgresql_where=_ACTIVE_SQL),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True)
    message_id: str = Field(foreign_key="message.id", ondelete="CASCADE", index=True)
    continues_id: str | None = Field(default=None, foreign_key="generation.id", ondelete="CASCADE", unique=True)
    model: str
    parameters: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: str = Status.QUEUED
    attempt: int = 0
    seq: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    text: str = Field(default="", sa_type=Text)
    reasoning: str = Field(default="", sa_type=Text)
    finish_reason: str = ""
    error_code: str = ""
    error_reason: str = Field(default="", sa_column_kwargs={"server_default": EMPTY_SQL})
    error_parameters: dict[str, Parameter] | None = Field(default_factory=dict, sa_type=JSON)
    error_message: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds_to_text: float | None = None
    omitted_messages: int = 0
    left_out: str = Field(default="", sa_column_kwargs={"server_default": EMPTY_SQL})
    sources: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": EMPTY_SQL})
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    dispatched_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    text_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GenerationPiece(SQLModel, table=True):
    """Text that one checkpoint added. Rewriting the whole answer each second would cost its length squared."""

    __tablename__ = "generation_piece"

    generation_id: str = Field(foreign_key="generation.id", ondelete="CASCADE", primary_key=True)
    seq: int = Field(primary_key=True)
    text: str = Field(default="", sa_type=Text)
    reasoning: str = Field(default="", sa_type=Text)
