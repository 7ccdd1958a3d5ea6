"""What the page shows of the messages that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.generations.message_queue.queries import Queued
from chatapp.ui.text.accents import without_towers

SHOWN_CHARACTERS = 300
"""Of a message that waits: one line of it is seen. All are sent whenever one of them changes."""


@dataclass(frozen=True)
class QueuedRow:
    """One message that waits: the beginning of its text or, while that is changed, all of what was typed."""

    id: str
    text: str
    is_edited: bool = False


def queued_rows(queued: Sequence[Queued]) -> list[QueuedRow]:
    """The queue of a conversation, what goes next first."""
    return [_row(one) for one in queued]


def _row(one: Queued) -> QueuedRow:
    if one.edited_text is not None:
        return QueuedRow(one.id, one.edited_text, is_edited=True)
    return QueuedRow(one.id, without_towers(one.text[:SHOWN_CHARACTERS]))
