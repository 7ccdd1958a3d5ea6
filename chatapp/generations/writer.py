"""Takes the parts of one answer to the event log and, less often, to the database.

Parts are gathered: the first is logged at once, later ones no sooner than 30 ms apart, and 90 ms for a fast model, so
that it costs no more than a slow one. A checkpoint follows the first text and then comes about every second or every
2 KB; what a crash can take is at most what came since. While the log is away, checkpoints come more often instead, and
pages read those.
"""

import asyncio
import time
from types import TracebackType
from typing import Self

from chatapp import database, metrics
from chatapp.errors import RedisAway
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.lifecycle import Claim
from chatapp.log import get_logger
from chatapp.providers.base import ReasoningPart, TextPart
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import Delta, Entry, Position, generation_key

log = get_logger(__name__)

GATHER_SECONDS = 0.03
"""Between two entries of one answer. Shorter than the pace of the provider, which reads every 60 ms, and than that of a
follower (45 ms), so it is never what one waits for."""

FAST_CHARACTERS = 12
FAST_GATHER_SECONDS = 0.09
"""The same after an entry of so much text, from a model that writes faster than anybody reads: log and pages then have
half as much to do. The end of an answer does not wait."""

FIRST_ENTRIES = 4
"""So many entries are needed to get to that pace: the first words of an answer are waited for."""

CHECKPOINT_CHARACTERS = 2048
"""New text that is checkpointed even before its time has come."""

CHECKPOINT_MIN_SECONDS = 0.25
"""Between two checkpoints however fast the model is: at 400 tokens/s the size rule alone would ask for one a second
anyway, and a burst must not turn into a transaction an entry. Also the pace while the log is away."""

RETRY_SECONDS = 0.5
"""Between two tries to store what the database, being away, did not take."""


class Writer:
    """The text of one generation on its way out. Use as a context manager around the reading of the provider."""

    def __init__(self, claim: Claim, event_log: EventLog, checkpoints: Checkpoints, checkpoint_seconds: float) -> None:
        self._claim = claim
        self._log = event_log
        self._checkpoints = checkpoints
        self._checkpoint_seconds = checkpoint_seconds
        self.seq = 0
        self.has_text = False
        self._new: list[TextPart | ReasoningPart] = []
        self._new_since = 0.0
        self._unsaved = Delta()
        self._saving: tuple[int, Delta] | None = None
        self._next_entry_at = self._checkpoint_at = -1e9
        self._missing_seq = 0
        self._is_time = asyncio.Event()
        self._due = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, part: TextPart | ReasoningPart) -> None:
        """Take a part; cheap, because it happens for every token."""
        if not self._new:
            self._new_since = time.monotonic()
            self._wake_when_due(self._next_entry_at - self._new_since)
        self._new.append(part)

    async def take_rest(self) -> Delta:
        """What no checkpoint has, once it is known what those before have; the end stores it. Raises Fenced.

        A piece whose transaction broke at its end may be stored or not: it is stored again until that is known.
        """
        while self._saving:
            await self._checkpoint()
            if self._saving:
                await asyncio.sleep(RETRY_SECONDS)
        return self._unsaved

    async def __aenter__(self) -> Self:
        for work in (self._keep_logging, self._keep_saving):
            self._tasks.append(asyncio.create_task(work(), name=f"{work.__name__} {self._claim.generation_id}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let what is under way end, then log the rest. Raises Fenced when the claim was lost."""
        self._closing = True
        self._is_time.set()
        self._due.set()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        await self._append()

    async def _keep_logging(self) -> None:
        while not self._closing:
            await self._is_time.wait()
            self._is_time.clear()
            await self._append()

    def _wake_when_due(self, left_seconds: float) -> None:
        # A timer only for parts that come too soon: each wake-up costs as much as reading a part.
        if left_seconds > 0:
            asyncio.get_running_loop().call_later(left_seconds, self._is_time.set)
        else:
            self._is_time.set()

    async def _keep_saving(self) -> None:
        while not self._closing:
            try:
                async with asyncio.timeout(self._checkpoint_seconds):
                    await self._due.wait()
            except TimeoutError:  # the model has fallen silent: what is logged must be saved all the same
                pass
            self._due.clear()
            if self._saving or self._unsaved != Delta():
                await self._checkpoint()

    async def _append(self) -> None:
        if not self._new:
            return
        delta, self._new = _joined(self._new, is_last=self._closing), []
        self.has_text = self.has_text or bool(delta.text)
        self._unsaved = _plus(self._unsaved, delta)
        self.seq += 1
        self._next_entry_at = time.monotonic() + self._gather_seconds(delta)
        if self._missing_seq:  # a log with a hole in it would be read as a whole text: wait for the next checkpoint
            self._missing_seq = self.seq
        else:
            await self._log_entry(delta)
        if self._is_due():
            self._due.set()

    def _gather_seconds(self, delta: Delta) -> float:
        is_fast = len(delta.text) + len(delta.reasoning) >= FAST_CHARACTERS
        return (FAST_GATHER_SECONDS if is_fast else GATHER_SECONDS) * min(1, self.seq / FIRST_ENTRIES)

    async def _log_entry(self, delta: Delta) -> None:
        seq, since = self.seq, self._new_since
        entry = Entry(Position(self._claim.attempt, seq), delta)
        try:
            await self._log.append(generation_key(self._claim.generation_id), [entry])
            metrics.logged(time.monotonic() - since)
        except RedisAway:  # it may have been taken or not, so its number is never used again
            log.warning("append_failed", generation_id=self._claim.generation_id, seq=seq)
            self._missing_seq = seq

    def _is_due(self) -> bool:
        age_seconds = time.monotonic() - self._checkpoint_at
        size = len(self._unsaved.text) + len(self._unsaved.reasoning)
        enough = size >= CHECKPOINT_CHARACTERS or self._missing_seq
        return bool(age_seconds >= (CHECKPOINT_MIN_SECONDS if enough else self._checkpoint_seconds))

    async def _checkpoint(self) -> None:
        """Store what is unsaved. What failed before is stored first and as it was, under its own number."""
        if self._saving is None:
            self._saving, self._unsaved = (self.seq, self._unsaved), Delta()
        self._checkpoint_at = time.monotonic()
        seq, delta = self._saving
        try:
            await self._checkpoints.save(self._claim, seq, delta.text, delta.reasoning)
        except database.AWAY as error:
            log.warning("checkpoint_failed", generation_id=self._claim.generation_id, error=type(error).__name__)
            metrics.database_failed()
            return
        self._saving = None
        if seq >= self._missing_seq:
            self._missing_seq = 0


def _joined(parts: list[TextPart | ReasoningPart], *, is_last: bool) -> Delta:
    text = "".join(part.text for part in parts if isinstance(part, TextPart))
    return Delta(text, "".join(part.text for part in parts if isinstance(part, ReasoningPart)), is_last)


def _plus(first: Delta, second: Delta) -> Delta:
    return Delta(first.text + second.text, first.reasoning + second.reasoning)
