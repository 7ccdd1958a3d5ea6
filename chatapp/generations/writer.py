"""Takes the parts of one answer to the event log and, less often, to the database.

Parts are gathered: the first is logged at once, later ones about 50 ms apart, up to 150 ms for a fast model, so that it
costs no more than a slow one. The first text is checkpointed soon, then the rest about every second or every 2 KB; a
crash can take at most what came since. While the log is down, checkpoints come more often, and pages read those.
"""

import asyncio
import time
from datetime import datetime
from types import TracebackType
from typing import Self

from chatapp import clock, metrics
from chatapp.db import database
from chatapp.errors import RedisUnavailable
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.lifecycle import Claim
from chatapp.log import get_logger
from chatapp.providers.base import ReasoningPart, TextPart, TextWasReasoning
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import Delta, Entry, Position, generation_key

log = get_logger(__name__)

WrittenPart = TextPart | ReasoningPart | TextWasReasoning

GATHER_SECONDS = 0.05
"""Between two entries of one answer, as between two reads of its model (providers/paced_reading): it delays nothing."""

FAST = ((700, 0.15), (200, 0.1))
"""The pause while so many characters a second come: such a model writes faster than anybody reads, and this saves half
and more of the work of log and pages. The end of an answer does not wait."""

SLACK_SECONDS = 0.025
"""A part that comes so much before the end of a pause ends it; without one, it lasts so much longer. Half of what lies
between two reads: so an entry is logged when parts have come, and seldom by a timer of its own."""

FIRST_ENTRIES = 4
"""Over so many entries the pause grows to its full length, because somebody is waiting for the first words."""

CHECKPOINT_CHARACTERS = 2048
"""This much new text is checkpointed without waiting for the second to pass."""

CHECKPOINT_MIN_SECONDS = 0.25
"""Between two checkpoints, however fast the model is: a burst must not turn into one transaction per entry. (At 400
tokens/s the size rule asks for about one a second.) Also the pace while the log is down."""

RETRY_SECONDS = 0.5
"""Between two tries to store what the database, being down, did not take."""


class Writer:
    """The text of one generation on its way out. Use as a context manager around the reading of the provider.

    A part is unlogged -> logged and unsaved -> in doubt -> saved. When the log fails to take an entry, nobody knows
    whether it did, so its number is never used again, and nothing more is logged (a reader would take a log with a
    hole in it for the whole text) until a checkpoint has covered all that the log may lack.
    """

    def __init__(self, claim: Claim, event_log: EventLog, checkpoints: Checkpoints, checkpoint_seconds: float) -> None:
        self._claim = claim
        self._log = event_log
        self._checkpoints = checkpoints
        self._checkpoint_seconds = checkpoint_seconds
        self.seq = 0  # of the newest entry, logged or left out
        self.has_text = False  # of the answer itself, not only reasoning
        self.seconds_to_text: float | None = None  # from the beginning to the first of it
        self._began_at = time.monotonic()
        self._unlogged: list[WrittenPart] = []
        self._unlogged_since = 0.0  # when the oldest of them came
        self._unsaved = Delta()  # all that has a number and was in no checkpoint yet
        self._in_doubt: tuple[int, Delta, datetime] | None = None  # a piece, from BEGIN until COMMIT is known
        self._entry_at = -1e9  # when the last entry was made
        self._text_at = clock.now()  # the same, as readers are told of it
        self._next_entry_at = -1e9  # before this, parts gather
        self._checkpoint_at = -1e9  # when the last checkpoint began
        self._hole_up_to_seq = 0  # the newest entry that the log may lack; 0 while it has all
        self._log_now = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None  # sets it, should no part come that does
        self._save_now = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, part: WrittenPart) -> None:
        """Take a part; cheap, because it happens for every token."""
        now = time.monotonic()
        if now >= self._next_entry_at - SLACK_SECONDS:
            self._log_now.set()
        elif not self._unlogged:
            left_seconds = self._next_entry_at + SLACK_SECONDS - now
            self._timer = asyncio.get_running_loop().call_later(left_seconds, self._log_now.set)
        if not self._unlogged:
            self._unlogged_since = now
        self._unlogged.append(part)

    async def take_rest(self) -> Delta:
        """The text that no checkpoint has, for the end of the generation to store. Raises Fenced.

        Saves the piece in doubt again, until it is known to be stored; so this lasts as long as the database is down.
        """
        while self._in_doubt:
            await self._checkpoint()
            if self._in_doubt:
                await asyncio.sleep(RETRY_SECONDS)
        return self._unsaved

    async def __aenter__(self) -> Self:
        await self._log.begin(generation_key(self._claim.generation_id), self._claim.attempt)
        for work in (self._keep_logging, self._keep_saving):
            self._tasks.append(asyncio.create_task(work(), name=f"{work.__name__} {self._claim.generation_id}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the entry and the checkpoint under way end, then log the rest. Raises Fenced when the claim was lost."""
        self._closing = True
        self._log_now.set()
        self._save_now.set()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        await self._append()

    async def _keep_logging(self) -> None:
        while not self._closing:
            await self._log_now.wait()
            self._log_now.clear()
            await self._append()

    async def _keep_saving(self) -> None:
        while not self._closing:
            try:
                async with asyncio.timeout(self._checkpoint_seconds):
                    await self._save_now.wait()
            except TimeoutError:  # the model has fallen silent; what is logged must still be saved
                pass
            self._save_now.clear()
            if self._in_doubt or self._unsaved != Delta():
                await self._checkpoint()

    async def _append(self) -> None:
        if not self._unlogged:
            return
        if self._timer:
            self._timer.cancel()
        delta, self._unlogged = _joined(self._unlogged, is_last=self._closing), []
        had_text = self.has_text and not delta.turns_text
        self.has_text = bool(delta.text) or had_text
        self._unsaved = self._unsaved.plus(delta)
        self.seq += 1
        now = time.monotonic()
        if self.has_text and not had_text:
            self.seconds_to_text = now - self._began_at
        self._next_entry_at = now + self._gather_seconds(delta, now - self._entry_at)
        self._entry_at, self._text_at = now, clock.now()
        if self._hole_up_to_seq:
            self._hole_up_to_seq = self.seq
        else:
            await self._log_entry(delta)
        if self._is_checkpoint_due():
            self._save_now.set()

    def _gather_seconds(self, delta: Delta, since_last_seconds: float) -> float:
        size = len(delta.text) + len(delta.reasoning)
        pauses = (seconds for speed, seconds in FAST if size >= speed * since_last_seconds)
        return next(pauses, GATHER_SECONDS) * min(1, self.seq / FIRST_ENTRIES)

    async def _log_entry(self, delta: Delta) -> None:
        seq, since = self.seq, self._unlogged_since
        entry = Entry(Position(self._claim.attempt, seq), delta)
        try:
            await self._log.append(generation_key(self._claim.generation_id), [entry])
            metrics.logged(time.monotonic() - since)
        except RedisUnavailable:
            log.warning("append_failed", generation_id=self._claim.generation_id, seq=seq)
            self._hole_up_to_seq = seq

    def _is_checkpoint_due(self) -> bool:
        age_seconds = time.monotonic() - self._checkpoint_at
        size = len(self._unsaved.text) + len(self._unsaved.reasoning)
        # Pages read in the database what has become of a text that turned out to be reasoning.
        enough = size >= CHECKPOINT_CHARACTERS or self._hole_up_to_seq or self._unsaved.turns_text
        return bool(age_seconds >= (CHECKPOINT_MIN_SECONDS if enough else self._checkpoint_seconds))

    async def _checkpoint(self) -> None:
        """Store what is unsaved. A piece in doubt is stored first, unchanged and under its own number."""
        if self._in_doubt is None:
            self._in_doubt, self._unsaved = (self.seq, self._unsaved, self._text_at), Delta()
        self._checkpoint_at = time.monotonic()
        seq, delta, text_at = self._in_doubt
        try:
            await self._checkpoints.save(self._claim, seq, delta, text_at)
        except database.UNAVAILABLE as error:
            log.warning("checkpoint_failed", generation_id=self._claim.generation_id, error=type(error).__name__)
            metrics.database_failed()
            return
        self._in_doubt = None
        if seq >= self._hole_up_to_seq:
            self._hole_up_to_seq = 0


def _joined(parts: list[WrittenPart], *, is_last: bool) -> Delta:
    """The parts as one entry; only the last that turns the text counts, because that turns all before it."""
    turn = max((i for i, part in enumerate(parts) if isinstance(part, TextWasReasoning)), default=-1)
    before, after = parts[: turn + 1], parts[turn + 1 :]
    thought = "".join(part.text for part in before if not isinstance(part, TextWasReasoning))
    text = "".join(part.text for part in after if isinstance(part, TextPart))
    reasoning = "".join(part.text for part in after if isinstance(part, ReasoningPart))
    return Delta(text, thought + reasoning, is_last, turns_text=turn >= 0)
