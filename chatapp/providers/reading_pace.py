"""How often the bytes of a stream are read: seldom enough that each wake-up brings several parts of a fast model."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

GATHER_SECONDS = 0.06
"""Between two reads. Parts that come more slowly are read at once, and wait for no timer."""

FIRST_READS = 4
"""So many reads are needed to get to that pace: the first words of an answer are waited for."""

READY_SECONDS = 0.002
"""Bytes that took longer were waited for; those that had been received already come within microseconds."""

Sleep = Callable[[float], Awaitable[None]]


class ReadingPace:
    """The pace of one stream: `asks` before each chunk of bytes is asked for, `gather` once it is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._asked_at = self._read_at = -math.inf
        self._reads = 0

    def asks(self) -> None:
        """Note that more bytes are wanted."""
        self._asked_at = self._clock()

    async def gather(self) -> None:
        """Have bytes that come too soon after the last ones wait until it is time to read on."""
        now = self._clock()
        if now - self._asked_at < READY_SECONDS:
            return
        left_seconds = self._read_at + GATHER_SECONDS * min(1, self._reads / FIRST_READS) - now
        if left_seconds > 0:
            await self._sleep(left_seconds)
        self._read_at, self._reads = self._clock(), self._reads + 1
