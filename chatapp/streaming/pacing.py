"""How often a page is told what is new: as often as the process can afford.

A flush costs the server about 1 ms of CPU whatever it carries (measured on Reflex 0.10.1), so the interval grows with
the number of pages that are being written to and with the lag of the event loop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

Wait = Callable[[float], Awaitable[None]]

MIN_SECONDS = 0.045
MAX_SECONDS = 0.5
SECONDS_PER_PAGE = 0.005
"""1 ms of CPU a flush, and a fifth of a core for flushes: 5 ms of interval for each page that is live."""

FAST_CHARACTERS = 48
"""A flush with so much new text comes from a model that writes faster than anybody reads: the next may wait twice as
long, which halves what the browser spends on it."""

FAST_FACTOR = 3.0
"""How many times as long it may wait at most: at 400 tokens a second 135 ms, seven changes a second. The last text of
an answer waits for its flush too, and may be 200 ms late."""

LAG_FACTOR = 2.0
"""When the loop is late by some time, flushing later by twice that lets it catch up."""


class Pacer:
    """One a process. A page pauses after each flush, so those that pause at one time are those that are written to."""

    def __init__(self) -> None:
        self._pausing = 0
        self._lag_seconds = 0.0

    def interval_seconds(self, flushed_characters: int = 0) -> float:
        """The time until a page's next flush, at the present load and after a flush of so much text."""
        least = MIN_SECONDS * min(FAST_FACTOR, 1 + flushed_characters / FAST_CHARACTERS)
        return min(MAX_SECONDS, max(least, self._pausing * SECONDS_PER_PAGE) + LAG_FACTOR * self._lag_seconds)

    async def pause(self, flushed_characters: int = 0, gather: Wait = asyncio.sleep) -> None:
        """Wait until the next flush may come; what the wait overshoots is the loop's lag.

        `gather` does the waiting, and may come back early when nothing is left to wait for.
        """
        self._pausing += 1
        wanted, before = self.interval_seconds(flushed_characters), time.monotonic()
        try:
            await gather(wanted)
        finally:
            self._pausing -= 1
        lag = max(0.0, time.monotonic() - before - wanted)
        self._lag_seconds += 0.2 * (lag - self._lag_seconds)  # smoothed: one slow pass is not load
