"""Takes the parts of one answer to the event log and, less often, to the database.

Parts are gathered: the first is logged at once, later ones about every 40 ms, so that a fast model costs no more than
a slow one. A checkpoint follows the first text and then comes about every second or every 2 KB; what a crash can
take is at most what came since.
"""

import asyncio
import time
from types import TracebackType
from typing import Self

from sqlalchemy.exc import OperationalError

from chatapp import database
from chatapp.generations import lifecycle
from chatapp.generations.lifecycle import Claim
from chatapp.log import get_logger
from chatapp.providers.base import ReasoningPart, TextPart
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import Delta, Entry, Position, generation_key

log = get_logger(__name__)

GATHER_SECONDS = 0.04
"""Between two entries of one answer. Shorter than a follower's own pace (45 ms), so it is never what one waits for."""

CHECKPOINT_CHARACTERS = 2048
"""New text that is checkpointed even before its time has come."""

CHECKPOINT_MIN_SECONDS = 0.25
"""Between two checkpoints however fast the model is: at 400 tokens/s the size rule alone would ask for one a second
anyway, and a burst must not turn into a transaction an entry."""


class Writer:
    """The text of one generation on its way out. Use as a context manager around the reading of the provider."""

    def __init__(self, claim: Claim, event_log: EventLog, checkpoint_seconds: float) -> None:
        self._claim = claim
        self._log = event_log
        self._checkpoint_seconds = checkpoint_seconds
        self.seq = 0
        self._new = Delta()
        self._unsaved = Delta()
        self._saved_at = -1e9
        self._arrived = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self.has_text = False

    def add(self, part: TextPart | ReasoningPart) -> None:
        """Take a part; cheap, because it happens for every token."""
        if isinstance(part, TextPart):
            self._new = Delta(self._new.text + part.text, self._new.reasoning)
            self.has_text = True
        else:
            self._new = Delta(self._new.text, self._new.reasoning + part.text)
        self._arrived.set()

    @property
    def unsaved(self) -> Delta:
        """What is not checkpointed yet; `finish` stores it with the end."""
        return _plus(self._unsaved, self._new)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write(), name=f"writer {self._claim.generation_id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the pass that is under way end, then log the rest. Raises Fenced when the claim was lost."""
        self._closing = True
        self._arrived.set()
        assert self._task is not None
        await self._task
        await self._append()

    async def _write(self) -> None:
        while not self._closing:
            await self._wait()
            await self._append()
            if self._is_due():
                await self._checkpoint()
            if not self._closing:
                await asyncio.sleep(GATHER_SECONDS)

    async def _wait(self) -> None:
        """Until text arrives, or what is logged must be saved although the model has fallen silent."""
        try:
            async with asyncio.timeout(self._checkpoint_seconds if self._unsaved != Delta() else None):
                await self._arrived.wait()
        except TimeoutError:
            return
        self._arrived.clear()

    async def _append(self) -> None:
        if self._new == Delta():
            return
        delta, self._new = self._new, Delta()
        self._unsaved = _plus(self._unsaved, delta)
        self.seq += 1
        entry = Entry(Position(self._claim.attempt, self.seq), delta)
        await self._log.append(generation_key(self._claim.generation_id), [entry])

    def _is_due(self) -> bool:
        age_seconds = time.monotonic() - self._saved_at
        size = len(self._unsaved.text) + len(self._unsaved.reasoning)
        enough = size >= CHECKPOINT_CHARACTERS and age_seconds >= CHECKPOINT_MIN_SECONDS
        return size > 0 and (enough or age_seconds >= self._checkpoint_seconds)

    async def _checkpoint(self) -> None:
        unsaved, seq = self._unsaved, self.seq
        try:
            async with database.writing() as db:
                await lifecycle.checkpoint(db, self._claim, seq, unsaved.text, unsaved.reasoning)
        except OperationalError as error:  # the database is away: the text stays here and is tried again
            log.warning("checkpoint_failed", generation_id=self._claim.generation_id, error=type(error).__name__)
            return
        self._saved_at = time.monotonic()
        self._unsaved = Delta()


def _plus(first: Delta, second: Delta) -> Delta:
    return Delta(first.text + second.text, first.reasoning + second.reasoning)
