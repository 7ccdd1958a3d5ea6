"""How often a page gets an update: as often as the process can afford.

A flush costs the server about 1 ms of CPU whatever it carries (measured on Reflex 0.10.1), so the interval grows with
the number of pages that are being written to and with the lag of the event loop.
"""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable

Wait = Callable[[float], Awaitable[None]]

MIN_SECONDS = 0.045
MAX_SECONDS = 0.5
SECONDS_PER_PAGE = 0.005
"""1 ms of CPU a flush, and a fifth of a core for flushes: 5 ms of interval for each page that is live."""

FAST_CHARACTERS = 40
"""A flush with this much new text is from a model that writes faster than anybody reads: the next may wait twice as
long, which halves what the browser spends on it."""

FAST_FACTOR = 3.0
"""How many times as long it may wait at most: 135 ms, for a model of 400 tokens a second seven changes a second."""

FIRST_FLUSHES = 4
"""Over so many flushes of an answer the interval grows to its full length, for somebody waits for its first words."""

EARLY_SECONDS = 0.04
LATE_SECONDS = 0.15
"""The first news from so much before the end of a pause ends it; without any, it lasts so much longer. So flushes ride
on arrivals, which come together, and wake the process by timers of their own only when nothing comes. A model
brings news every 50 to 150 ms, the faster it is the more rarely (generations/writer)."""

LAG_FACTOR = 2.0
"""When the event loop is late, pages are flushed later by twice that, so that it can catch up."""

LAG_KEPT_SECONDS = 1.0
"""A lag that was noted longer ago says nothing about now: the first words after a rush must not wait because of it."""


class FlushScheduler:
    """One per process. A page whose next flush is not due yet counts as being written to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: list[float] = []  # a heap
        self._lag_seconds = 0.0
        self._lag_noted_at = 0.0

    def interval_seconds(self, characters: int = 0, flushes: int = FIRST_FLUSHES) -> float:
        """The time until a page's next flush at the present load, after its answer's n-th, of so many characters."""
        least = MIN_SECONDS * min(FAST_FACTOR, 1 + characters / FAST_CHARACTERS) * min(1, flushes / FIRST_FLUSHES)
        return min(MAX_SECONDS, max(least, self._count_live() * SECONDS_PER_PAGE) + LAG_FACTOR * self._lag())

    def note_flush(self, characters: int, flushes: int = FIRST_FLUSHES) -> float:
        """Count a page that was flushed to; returns when its next flush is due, by the clock."""
        due_at = self._clock() + self.interval_seconds(characters, flushes)
        heapq.heappush(self._due, due_at)
        return due_at

    def note_lag(self, seconds: float) -> None:
        """Note by how much the loop came back later than it should have."""
        lag = self._lag()
        self._lag_seconds = lag + 0.2 * (max(0.0, seconds) - lag)  # smoothed: one slow pass is not load
        self._lag_noted_at = self._clock()

    def _lag(self) -> float:
        return self._lag_seconds if self._clock() - self._lag_noted_at < LAG_KEPT_SECONDS else 0.0

    def _count_live(self) -> int:
        now = self._clock()
        while self._due and self._due[0] <= now:
            heapq.heappop(self._due)
        return len(self._due)


class PageFlushTimer:
    """The pace of one page."""

    def __init__(self, scheduler: FlushScheduler) -> None:
        self._flush_scheduler = scheduler
        self._due_at = 0.0
        self._flushes = 0

    def begin_answer(self) -> None:
        """Note that the next flush is the first of another answer."""
        self._flushes = 0

    def flushed(self, characters: int) -> None:
        """Begin the pause after a flush of so many characters."""
        self._flushes += 1
        self._due_at = self._flush_scheduler.note_flush(characters, self._flushes)

    async def wait(self, gather: Wait = asyncio.sleep) -> None:
        """Wait for the rest of the pause. Mostly it is over by then: this is called when there is news, not by a timer.

        `gather` does the waiting, and may come back early when nothing is left to wait for.
        """
        left_seconds = self._due_at - time.monotonic()
        if left_seconds > 0:
            await gather(left_seconds)
            self._flush_scheduler.note_lag(time.monotonic() - self._due_at - LATE_SECONDS)
