"""The lists that a person has."""

from enum import StrEnum


class Shelf(StrEnum):
    """Where a conversation is listed: among the others, put away, or deleted."""

    CHATS = "chats"
    ARCHIVE = "archive"
    TRASH = "trash"
