"""How often the bytes of a stream are read: so rarely that each read brings several parts of a fast model.

All streams of a machine are read at the same instants, multiples of the pause. What a part costs goes with the wake-ups
of the process more than with anything else: 50 answers, each read, logged and shown at moments of its own, cost half
again as much as when all happens together (373 and 250 us of CPU a part).
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

GATHER_SECONDS = 0.05
"""Between two reads. Parts that come more slowly than this are read at once, without a timer."""

FIRST_READS = 4
"""Over so many reads, after that of the head, the pause grows to its full length: somebody waits for the first words.
"""

Sleep = Callable[[float], Awaitable[None]]


class ReadingPace:
    """The pace of one response. Call `pause` before each read, and `has_read` after it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._asked_at = self._read_at = -math.inf
        self._reads = 0
        self._is_slow = False

    async def pause(self) -> None:
        """Wait until it is time to read, so that more can come; return at once if what is read comes more slowly."""
        self._asked_at = self._clock()
        left_seconds = 0.0 if self._is_slow else self._due_at() - self._asked_at
        if left_seconds > 0:
            await self._sleep(left_seconds)
            self._asked_at = self._clock()

    def has_read(self) -> None:
        """Note that bytes have come."""
        now = self._clock()
        self._is_slow = now - self._asked_at > GATHER_SECONDS
        self._read_at, self._reads = now, self._reads + 1

    def _due_at(self) -> float:
        if self._reads <= FIRST_READS:
            return self._read_at + GATHER_SECONDS * max(0, self._reads - 1) / FIRST_READS
        return round(self._read_at / GATHER_SECONDS + 1) * GATHER_SECONDS
