"""Messages that wait until the answer before them has ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from chatapp.clock import now
from chatapp.models.base import UtcDateTime, new_id


class QueuedMessage(SQLModel, table=True):
    """A message that was sent while an answer was being written, to the model and with the parameters of that moment.

    It becomes a question of the same id. `position` orders the queue of a conversation; what is `urgent` goes first,
    whatever way the answer before it ends. While somebody changes the text, `edited_text` is what they have typed so
    far, and the message stays where it is. `removed_at` hides it at once; the row goes when the time for undo is over.
    """

    __tablename__ = "queued_message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id", name="uq_queued_message_client_message"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE")
    position: int
    text: str = Field(sa_type=Text)
    edited_text: str | None = Field(default=None, sa_type=Text)
    model: str
    parameters: dict[str, Any] | None = Field(default_factory=dict, sa_type=JSON)
    client_message_id: str
    urgent: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
