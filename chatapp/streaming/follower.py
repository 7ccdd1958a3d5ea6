"""What one open page has to learn: a snapshot from the database, then the log after it, in batches.

The follower reads only. It lives as long as its page, checks the owner with every look at the database, and starts
again from a fresh snapshot whenever the log has a gap or another attempt has begun: then nothing can be shown twice
or left out.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from chatapp import database
from chatapp.generations import queries
from chatapp.generations.queries import Answer
from chatapp.streaming.events import (
    Changed,
    Delta,
    End,
    Entry,
    Position,
    conversation_key,
    generation_key,
    person_key,
)
from chatapp.streaming.hub import Hub, Subscription

IDLE_SECONDS = 5.0
"""Longest silence between two batches. An empty one lets the page check that its person is still signed in."""


@dataclass(slots=True)
class Batch:
    """What happened since the last batch.

    `snapshot` starts the live answer anew (its text replaces what is shown); `text` and `reasoning` are to be added
    to it. `changed` says that messages have to be looked up again, `list_changed` the same of the sidebar.
    """

    snapshot: Answer | None = None
    text: str = ""
    reasoning: str = ""
    changed: bool = False
    list_changed: bool = False


class Follower:
    """Follows one person's list and one of their conversations ("" follows the list alone)."""

    def __init__(self, hub: Hub, user_id: str, conversation_id: str) -> None:
        self._hub = hub
        self._user_id = user_id
        self._conversation_id = conversation_id
        self._generation_id = ""
        self._position = Position(0, 0)

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield batches for ever, the first at once; an empty one after IDLE_SECONDS of silence."""
        async with self._hub.subscribe() as subscription:
            await subscription.add(person_key(self._user_id))
            if self._conversation_id:
                await subscription.add(conversation_key(self._conversation_id))
            first = Batch(changed=True, list_changed=True)
            first.snapshot = await self._take_snapshot(subscription)
            yield first
            while True:
                entries = await subscription.next(IDLE_SECONDS)
                yield await self._digest(subscription, entries)

    async def _digest(self, subscription: Subscription, entries: list[tuple[str, Entry]]) -> Batch:
        batch, lost = Batch(), False
        for key, entry in entries:
            if isinstance(entry.event, Changed):
                batch.list_changed |= key == person_key(self._user_id)
                batch.changed |= key == conversation_key(self._conversation_id)
            elif key == generation_key(self._generation_id) and not lost:
                lost = not self._take(batch, entry)
        if lost or (batch.changed and not self._generation_id):
            await self._look_for_another(subscription, batch, lost=lost)
        return batch

    def _take(self, batch: Batch, entry: Entry) -> bool:
        """Add an entry to the batch; False when the log went on elsewhere than where we are."""
        if isinstance(entry.event, End):
            batch.changed = True
            self._generation_id = ""
            return True
        attempt, seq = self._position
        follows = entry.position == Position(attempt, seq + 1)
        begins = seq == 0 and entry.position.seq == 1 and entry.position.attempt > attempt  # queued when we looked
        if (follows or begins) and isinstance(entry.event, Delta):
            self._position = entry.position
            batch.text += entry.event.text
            batch.reasoning += entry.event.reasoning
        return follows or begins

    async def _look_for_another(self, subscription: Subscription, batch: Batch, *, lost: bool) -> None:
        """Start from a fresh snapshot. What an answer that ended has brought stays, unless another has begun."""
        batch.snapshot = await self._take_snapshot(subscription)
        if lost or batch.snapshot:
            batch.text, batch.reasoning, batch.changed = "", "", True

    async def _take_snapshot(self, subscription: Subscription) -> Answer | None:
        """Look at the database and follow the active generation from where its text ends there."""
        if not self._conversation_id:
            return None
        async with database.reading() as db:
            answer = await queries.find_active_answer(db, self._user_id, self._conversation_id)
        subscription.remove(generation_key(self._generation_id))
        self._generation_id = answer.generation_id if answer else ""
        if answer:
            self._position = answer.position
            await subscription.add(generation_key(answer.generation_id), answer.position)
        return answer
