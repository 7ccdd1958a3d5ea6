"""What one open page has to learn: a snapshot from the database, then the log after it, in batches.

The follower only reads. It lives as long as its page, and every query it makes is limited to the owner. It reads the
database again whenever the log has a gap, another attempt has begun, or the log itself is down, so that nothing is
shown twice or left out. What is shown never gets shorter: the follower waits for a database that is behind the log.
"""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from chatapp.db import database
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
from chatapp.streaming.pacing import FlushScheduler, PageFlushTimer

IDLE_SECONDS = 5.0
"""Longest silence between two batches. An empty one lets the page check that its person is still signed in."""

LOG_DOWN_SECONDS = 0.2
"""Between two reads of the database while the log is down. A page is then behind by this and by the time between two
checkpoints, at most."""

UNSURE_SECONDS = 3.0
"""How long the log is not relied on after its return: those who write to it may find it again later than we do."""

GAP_SECONDS = 0.15
"""Between two reads of the database after a gap in the log, until a checkpoint, due within a second, has filled it."""


@dataclass(slots=True)
class Batch:
    """What happened since the last batch.

    `snapshot` replaces the live answer that is shown; `text` and `reasoning` are then added to it. `changed` says that
    the messages have to be read again, `title_changed` only the title, `list_changed` the sidebar. `arrived_at` is when
    the oldest of this came into the process, by time.monotonic().
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


@dataclass(slots=True)
class Shown:
    """How much of the live answer the page has: up to where in the log of its last generation, in how many characters.

    The lengths are of the whole chain of generations, as an Answer's text is.
    """

    position: Position = START
    text_length: int = 0
    reasoning_length: int = 0


class Follower:
    """Follows one person's list and one of their conversations ("" follows the list alone), at the page's `pace`.

    `running_id` is the message that a page shows as being written: while it is, nothing else can have changed that the
    end of it would not tell as well, so the messages need not be read again to begin with. What waits behind it was
    read a moment ago, as the page connected.
    """

    def __init__(
        self, hub: Hub, user_id: str, conversation_id: str, pace: PageFlushTimer | None = None, running_id: str = ""
    ) -> None:
        self._hub = hub
        self._pace = pace or PageFlushTimer(FlushScheduler())
        self._user_id = user_id
        self._conversation_id = conversation_id
        self._running_id = running_id
        self._generation_id = ""  # the active one; "" while none is
        self._text_key = ""  # the log that is followed
        self._shown = Shown()
        self._has_gap = False  # the log went on elsewhere than where the page is: only the database helps
        self._read_at = 0.0  # when the database was last read
        self._unsure_until = 0.0  # until then the log may lack what its writers could not append
        self._newest: tuple[str, str] | None = None  # id and state, as the last check for a missed notice saw them

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield batches for ever, the first at once; an empty one after IDLE_SECONDS of silence.

        Raises DatabaseUnavailable; the page then needs a new follower.
        """
        async with self._hub.subscribe() as subscription:
            await subscription.add(person_key(self._user_id))
            if self._conversation_id:
                await subscription.add(conversation_key(self._conversation_id))
            first = Batch(list_changed=True)
            await self._read_database(subscription, first)
            first.changed |= first.snapshot is None
            self._running_id = ""
            yield first
            while True:
                entries = await subscription.next(self._patience_seconds(), self._pace.wait)
                yield await self._to_batch(subscription, entries)

    def _patience_seconds(self) -> float:
        """How long to wait for entries before reading the database:

        the log is down                                          LOG_DOWN_SECONDS
        it has a gap, or has just come back in mid-answer        GAP_SECONDS
        it can be relied on                                      IDLE_SECONDS
        """
        if self._hub.is_down:
            return LOG_DOWN_SECONDS
        is_unsure = self._has_gap or (self._generation_id and time.monotonic() < self._unsure_until)
        return GAP_SECONDS if is_unsure else IDLE_SECONDS

    async def _to_batch(self, subscription: Subscription, entries: list[tuple[str, Entry]]) -> Batch:
        batch = Batch(arrived_at=subscription.arrived_at)
        for key, entry in entries:
            if key == generation_key(self._generation_id):
                self._add_entry(batch, entry)
            elif isinstance(entry.event, Changed):
                is_of_list, is_title = key == person_key(self._user_id), entry.event.what == "title"
                is_of_page = key == conversation_key(self._conversation_id)
                batch.list_changed |= is_of_list
                batch.changed |= is_of_list and entry.event.what == "messages"  # much has changed at once
                batch.title_changed |= is_of_page and is_title
                batch.changed |= is_of_page and not is_title
        if subscription.consume_resync():  # the log went away or came back: it may have lost something
            batch.changed = batch.list_changed = True
            self._unsure_until = time.monotonic() + UNSURE_SECONDS
            await self._read_database(subscription, batch)
        elif self._should_read_database(batch, was_silent=not entries):
            await self._read_database(subscription, batch)
        elif not entries:
            batch.changed = batch.list_changed = await self._was_a_notice_missed()
        return batch

    def _should_read_database(self, batch: Batch, *, was_silent: bool) -> bool:
        """Whether the database may have what the log does not tell. In a silence that can be the end of an answer: its
        worker may have been killed after it had stored the end and before it could log it."""
        if self._hub.is_down or (was_silent and self._generation_id):
            return True
        if self._has_gap:
            return time.monotonic() - self._read_at >= GAP_SECONDS
        return batch.changed and not self._generation_id

    @database.retries
    async def _was_a_notice_missed(self) -> bool:
        """Whether an answer has begun or ended without a notice reaching us: notices can be lost."""
        if not self._conversation_id:
            return False
        async with database.reading() as db:
            newest = await queries.find_newest(db, self._user_id, self._conversation_id)
        before, self._newest = self._newest, newest
        return newest != before

    def _add_entry(self, batch: Batch, entry: Entry) -> None:
        """Add an entry to the batch, or note a gap: the entry does not follow what is shown."""
        if isinstance(entry.event, End):
            batch.changed, self._generation_id, self._has_gap = True, "", False
            return
        attempt, seq = self._shown.position
        follows = entry.position == Position(attempt, seq + 1)
        begins = seq == 0 and entry.position.seq == 1 and entry.position.attempt > attempt  # it was queued when read
        if isinstance(entry.event, Delta) and not (follows or begins):
            self._has_gap = True
        elif isinstance(entry.event, Delta) and entry.event.turns_text and self._shown.text_length:
            self._has_gap = True  # the page has to start over, with what the database is about to have
        elif isinstance(entry.event, Delta) and not self._has_gap:
            self._shown.position = entry.position
            self._grow(batch, entry.event.text, entry.event.reasoning)

    async def _read_database(self, subscription: Subscription, batch: Batch) -> None:
        """Bring the batch in line with the database, then follow the active generation from there.

        A database that has less than the page changes nothing: the next read will have more.
        """
        if not self._conversation_id:
            return
        self._read_at = time.monotonic()
        answer = await self._find_active()
        if answer is None:
            batch.changed |= bool(self._generation_id)
            await self._follow(subscription, batch, "")
        elif self._is_other(answer):
            self._show_from_snapshot(batch, answer)
            await self._follow(subscription, batch, answer.generation_id)
        elif answer.position >= self._shown.position:
            self._grow(batch, answer.text[self._shown.text_length :], answer.reasoning[self._shown.reasoning_length :])
            self._shown.position = answer.position
            await self._follow(subscription, batch, answer.generation_id)

    @database.retries
    async def _find_active(self) -> Answer | None:
        async with database.reading() as db:
            return await queries.find_active_answer(db, self._user_id, self._conversation_id)

    def _is_other(self, answer: Answer) -> bool:
        """Whether what is shown is not the beginning of this answer: another attempt, or a text that was reasoning.

        That can be seen by reasoning that grew behind a text. If it grew by itself, to show it all again is as right.
        """
        shown = self._shown
        if answer.generation_id != self._generation_id or answer.position.attempt > shown.position.attempt:
            return True
        has_grown = answer.position > shown.position and len(answer.reasoning) > shown.reasoning_length
        return has_grown and shown.text_length > 0

    def _show_from_snapshot(self, batch: Batch, answer: Answer) -> None:
        """Replace what is shown. The text of an answer that ended before is with the messages, which changed."""
        batch.snapshot, batch.text, batch.reasoning = answer, "", ""
        batch.changed |= answer.message_id != self._running_id
        self._shown = Shown(answer.position, len(answer.text), len(answer.reasoning))

    def _grow(self, batch: Batch, text: str, reasoning: str) -> None:
        batch.text += text
        batch.reasoning += reasoning
        self._shown.text_length += len(text)
        self._shown.reasoning_length += len(reasoning)

    async def _follow(self, subscription: Subscription, batch: Batch, generation_id: str) -> None:
        """Follow this generation ("": none) from the position that is shown, instead of the one before.

        What its log has beyond that goes into the same batch: a snapshot alone could be shorter than what was shown.
        """
        subscription.remove(self._text_key)
        self._generation_id, self._has_gap = generation_id, False
        self._text_key = generation_key(generation_id) if generation_id else ""
        if generation_id:
            await subscription.add(self._text_key, self._shown.position)
            for entry in subscription.take(self._text_key):
                self._add_entry(batch, entry)
