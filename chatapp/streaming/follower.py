"""What one open page has to learn: a snapshot from the database, then the log after it, in batches.

The follower reads only. It lives as long as its page, checks the owner with every look at the database, and looks there
again whenever the log has a gap, another attempt has begun, or the log itself is away: then nothing can be shown twice
or left out. What is shown never gets shorter: a database that is behind the log is waited for.
"""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from chatapp import database
from chatapp.generations import queries
from chatapp.generations.queries import Answer
from chatapp.streaming.events import (
    START,
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
from chatapp.streaming.pacing import Pace, Pacer

IDLE_SECONDS = 5.0
"""Longest silence between two batches. An empty one lets the page check that its person is still signed in."""

AWAY_SECONDS = 0.2
"""Between two looks at the database while the log is away: with the second between two checkpoints that is how far a
page may be behind."""

UNSURE_SECONDS = 3.0
"""How long the log counts as unsure after its return: those who write to it may find it again later than we do."""

GAP_SECONDS = 0.15
"""Between two looks at the database while it has less than the page: a checkpoint comes within a second."""


@dataclass(slots=True)
class Batch:
    """What happened since the last batch.

    `snapshot` starts the live answer anew (its text replaces what is shown); `text` and `reasoning` are to be added
    to it. `changed` says that messages have to be looked up again, `title_changed` only the title, `list_changed` the
    sidebar. `arrived_at` is when the oldest of it came into this process, by time.monotonic().
    """

    snapshot: Answer | None = None
    text: str = ""
    reasoning: str = ""
    changed: bool = False
    title_changed: bool = False
    list_changed: bool = False
    arrived_at: float = field(default_factory=time.monotonic)

    @property
    def brings_something(self) -> bool:
        """Whether there is anything to show."""
        news = self.changed or self.title_changed or self.list_changed
        return bool(self.snapshot or self.text or self.reasoning or news)


class Follower:
    """Follows one person's list and one of their conversations ("" follows the list alone), at the page's `pace`."""

    def __init__(self, hub: Hub, user_id: str, conversation_id: str, pace: Pace | None = None) -> None:
        self._hub = hub
        self._pace = pace or Pace(Pacer())
        self._user_id = user_id
        self._conversation_id = conversation_id
        self._generation_id = ""
        self._text_key = ""
        self._position = START
        self._text_length = 0
        self._reasoning_length = 0
        self._is_behind = False
        self._looked_at = 0.0
        self._unsure_until = 0.0
        self._newest: tuple[str, str] | None = None

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield batches for ever, the first at once; an empty one after IDLE_SECONDS of silence.

        Raises DatabaseAway; what follows then is to begin anew.
        """
        async with self._hub.subscribe() as subscription:
            await subscription.add(person_key(self._user_id))
            if self._conversation_id:
                await subscription.add(conversation_key(self._conversation_id))
            first = Batch(changed=True, list_changed=True)
            await self._look(subscription, first)
            yield first
            while True:
                entries = await subscription.next(self._patience_seconds(), self._pace.wait)
                yield await self._digest(subscription, entries)

    def _patience_seconds(self) -> float:
        if self._hub.is_away:
            return AWAY_SECONDS
        is_unsure = self._is_behind or (self._generation_id and time.monotonic() < self._unsure_until)
        return GAP_SECONDS if is_unsure else IDLE_SECONDS

    async def _digest(self, subscription: Subscription, entries: list[tuple[str, Entry]]) -> Batch:
        batch = Batch(arrived_at=subscription.arrived_at)
        for key, entry in entries:
            if key == generation_key(self._generation_id):
                self._take(batch, entry)
            elif isinstance(entry.event, Changed):
                is_of_page, is_title = key == conversation_key(self._conversation_id), entry.event.what == "title"
                batch.list_changed |= key == person_key(self._user_id)
                batch.title_changed |= is_of_page and is_title
                batch.changed |= is_of_page and not is_title
        if subscription.take_look():  # the log has gone or has come back: whatever it told may be lost
            batch.changed = batch.list_changed = True
            self._unsure_until = time.monotonic() + UNSURE_SECONDS
            await self._look(subscription, batch)
        elif self._should_look(batch, was_silent=not entries):
            await self._look(subscription, batch)
        elif not entries:
            batch.changed = batch.list_changed = await self._has_missed()
        return batch

    def _should_look(self, batch: Batch, *, was_silent: bool) -> bool:
        """Whether the database may have what the log does not tell: also the end of an answer whose worker was killed
        after it had stored it and before it could say so."""
        if self._hub.is_away or (was_silent and self._generation_id):
            return True
        if self._is_behind:
            return time.monotonic() - self._looked_at >= GAP_SECONDS
        return batch.changed and not self._generation_id

    @database.retries
    async def _has_missed(self) -> bool:
        """Whether an answer has begun or ended that nobody told us of: a notice may be lost, the database is not."""
        if not self._conversation_id:
            return False
        async with database.reading() as db:
            newest = await queries.find_newest(db, self._user_id, self._conversation_id)
        before, self._newest = self._newest, newest
        return newest != before

    def _take(self, batch: Batch, entry: Entry) -> None:
        """Add an entry to the batch, or note that the log went on elsewhere than where we are."""
        if isinstance(entry.event, End):
            batch.changed, self._generation_id, self._is_behind = True, "", False
            return
        attempt, seq = self._position
        follows = entry.position == Position(attempt, seq + 1)
        begins = seq == 0 and entry.position.seq == 1 and entry.position.attempt > attempt  # queued when we looked
        if isinstance(entry.event, Delta) and not (follows or begins):
            self._is_behind = True
        elif isinstance(entry.event, Delta) and not self._is_behind:
            self._position = entry.position
            self._grow(batch, entry.event.text, entry.event.reasoning)

    async def _look(self, subscription: Subscription, batch: Batch) -> None:
        """Bring the batch in line with the database, and follow the active generation from where we are then."""
        if not self._conversation_id:
            return
        self._looked_at = time.monotonic()
        answer = await self._find_active()
        if answer is None:
            batch.changed |= bool(self._generation_id)
            await self._follow(subscription, batch, "")
        elif answer.generation_id != self._generation_id or answer.position.attempt > self._position.attempt:
            self._show_anew(batch, answer)
            await self._follow(subscription, batch, answer.generation_id)
        elif answer.position >= self._position:
            self._grow(batch, answer.text[self._text_length :], answer.reasoning[self._reasoning_length :])
            self._position = answer.position
            await self._follow(subscription, batch, answer.generation_id)

    @database.retries
    async def _find_active(self) -> Answer | None:
        async with database.reading() as db:
            return await queries.find_active_answer(db, self._user_id, self._conversation_id)

    def _show_anew(self, batch: Batch, answer: Answer) -> None:
        """Start from a snapshot. What an answer that ended has brought is shown by the messages, which changed."""
        batch.snapshot, batch.text, batch.reasoning, batch.changed = answer, "", "", True
        self._position = answer.position
        self._text_length, self._reasoning_length = len(answer.text), len(answer.reasoning)

    def _grow(self, batch: Batch, text: str, reasoning: str) -> None:
        batch.text += text
        batch.reasoning += reasoning
        self._text_length += len(text)
        self._reasoning_length += len(reasoning)

    async def _follow(self, subscription: Subscription, batch: Batch, generation_id: str) -> None:
        """Follow this generation ("": none) from the present position, and none before it.

        What its log has beyond that goes into the same batch: a snapshot alone may be shorter than what is shown.
        """
        subscription.remove(self._text_key)
        self._generation_id, self._is_behind = generation_id, False
        self._text_key = generation_key(generation_id) if generation_id else ""
        if generation_id:
            await subscription.add(self._text_key, self._position)
            for entry in subscription.take(self._text_key):
                self._take(batch, entry)
