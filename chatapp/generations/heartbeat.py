"""One heartbeat per process: it keeps the leases of everything that runs here, and notices when something must end.

Leases are renewed whether or not text arrives, because models may be silent for minutes. Stop flags are read with one
query for all, at intervals and as soon as a notice comes.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chatapp.db import database
from chatapp.generations import lifecycle
from chatapp.generations.lifecycle import Claim
from chatapp.log import get_logger
from chatapp.settings import Settings
from chatapp.streaming.events import control_key
from chatapp.streaming.hub import Hub, Subscription

log = get_logger(__name__)

NOTICED_FACTOR = 3
"""While the log answers, stop flags are read this many times less often than while it is down: they are only needed for
a notice that was lost, and even then the stop takes less than a second."""


@dataclass
class ActiveClaim:
    """A claim that is being worked on. `work` is cancelled when a stop was asked for or the claim was lost."""

    claim: Claim
    work: asyncio.Task[object]
    stopped: bool = False
    lost: bool = False

    def end(self, *, stopped: bool) -> None:
        """Cancel the work and remember why."""
        self.stopped, self.lost = stopped, not stopped
        self.work.cancel()


class Heartbeat:
    """Renews leases and reads stop flags for the generations of this process."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._settings = settings
        self._active: dict[str, ActiveClaim] = {}
        self._task: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None
        self._renewed_at = time.monotonic()

    async def start(self) -> None:
        """Start the heartbeat."""
        self._task = asyncio.create_task(self._beat(), name="heartbeat")

    async def aclose(self) -> None:
        """Stop the heartbeat; leases run out from then on."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def hold(self, claim: Claim, work: asyncio.Task[object]) -> AsyncIterator[ActiveClaim]:
        """Keep `claim` alive while the block runs, and cancel `work` when it must end."""
        hold = self._active[claim.generation_id] = ActiveClaim(claim, work)
        if self._subscription:
            await self._subscription.add(control_key(claim.generation_id))
        try:
            yield hold
        finally:
            self._active.pop(claim.generation_id, None)
            if self._subscription:
                self._subscription.remove(control_key(claim.generation_id))

    def interrupt(self) -> None:
        """Cancel the reading of everything that runs here, which then ends as interrupted, with its text."""
        for hold in self._active.values():
            hold.work.cancel()

    async def _beat(self) -> None:
        async with self._hub.subscribe() as self._subscription:
            while True:
                await self._subscription.next(self._patience_seconds())
                try:
                    await self._look()
                except database.UNAVAILABLE as error:  # leases outlast a short outage
                    log.warning("heartbeat_missed", error=type(error).__name__)
                except Exception:  # whatever it was: without a heart everything that runs here is lost
                    log.exception("heartbeat_failed")

    def _patience_seconds(self) -> float:
        """How long to wait for a notice of a stop before reading the stop flags all the same."""
        if self._hub.is_down:
            return self._settings.stop_poll_seconds
        if not self._hub.log.is_shared:
            return self._settings.heartbeat_seconds
        return min(NOTICED_FACTOR * self._settings.stop_poll_seconds, self._settings.heartbeat_seconds)

    async def _look(self) -> None:
        claims = [hold.claim for hold in self._active.values()]
        if not claims:
            self._renewed_at = time.monotonic()
            return
        async with database.reading() as db:
            ends = await lifecycle.list_lost_or_stopped(db, claims)
        for generation_id, stopped in ends.items():
            if hold := self._active.get(generation_id):
                hold.end(stopped=stopped)
        if time.monotonic() - self._renewed_at >= self._settings.heartbeat_seconds:
            async with database.writing() as db:
                await lifecycle.renew(db, claims, self._settings.lease_seconds)
            self._renewed_at = time.monotonic()
