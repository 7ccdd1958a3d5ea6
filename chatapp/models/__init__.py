"""Every table, imported here once so that the metadata is complete wherever one of them is used."""

from chatapp.models.conversation import Conversation, Draft, Message, Role, TitleSource
from chatapp.models.generation import ACTIVE, ACTIVE_LITERALS, Generation, GenerationPiece, Status
from chatapp.models.queued_message import QueuedMessage
from chatapp.models.user import LoginSession, User

__all__ = [
    "ACTIVE",
    "ACTIVE_LITERALS",
    "Conversation",
    "Draft",
    "Generation",
    "GenerationPiece",
    "LoginSession",
    "Message",
    "QueuedMessage",
    "Role",
    "Status",
    "TitleSource",
    "User",
]
