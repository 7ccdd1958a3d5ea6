"""How a tab in which a conversation was begun gets to its address: behind the first words of the answer.

Going to an address keeps a browser busy for about 25 ms, and the list of conversations, which has a new line, for
another 15; the first words take 5. So they go first, if the model is quick, and the list comes with the load at the
new address.
"""

import time

import reflex as rx
from reflex_base.event import EventSpec

from chatapp.streaming.follower import Batch

LEAD_SECONDS = 0.15
"""For so long the first words are waited for. Until a tab is at the new address, a reload leads to an empty page."""

LOAD_SECONDS = 30.0
"""How long a follower that a send started waits to be replaced by that of the new address. Reflex ends followers that
a load started when the tab closes, but not this one."""


class Lead:
    """The way to the address of `conversation_id`; with "", of a page that is where it belongs, nothing at all."""

    def __init__(self, conversation_id: str) -> None:
        self._conversation_id = conversation_id
        self._is_lead = self._leaves_list = bool(conversation_id)
        self._began_at = time.monotonic()

    @property
    def patience_seconds(self) -> float:
        """How long the tab waits for words; 0 when there is no way to go."""
        return LEAD_SECONDS if self._conversation_id else 0.0

    def leave_list_to_load(self, batch: Batch) -> Batch:
        """The batch, the very first without the list, which the load at the new address brings."""
        batch.list_changed &= not self._leaves_list
        self._leaves_list = False
        return batch

    def take(self, batch: Batch) -> EventSpec | None:
        """The way, once, behind the batch with the first words, or when there is no more waiting for them."""
        is_waiting = (batch.snapshot or batch.text) and not batch.changed and self._age_seconds() < LEAD_SECONDS
        if not self._conversation_id or (is_waiting and not _has_words(batch.text)):
            return None
        conversation_id, self._conversation_id = self._conversation_id, ""
        return rx.redirect(f"/c/{conversation_id}", replace=True)

    def is_abandoned(self) -> bool:
        """Whether the tab was sent to its address long ago and never came there."""
        return self._is_lead and self._age_seconds() > LOAD_SECONDS

    def _age_seconds(self) -> float:
        return time.monotonic() - self._began_at


def _has_words(text: str) -> bool:
    """Whether a page shows something of it: of a heading's `#` it shows nothing."""
    return any(character.isalnum() for character in text)
