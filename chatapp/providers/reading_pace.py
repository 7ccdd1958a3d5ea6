"""How often the bytes of a stream are read: so rarely that each wake-up brings several parts of a fast model."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

GATHER_SECONDS = 0.06
"""Between two reads. Parts that come more slowly than this are read at once, without a timer."""

FIRST_READS = 4
"""Over so many reads the pause grows to its full length, because somebody is waiting for the first words."""

READY_SECONDS = 0.002
"""Bytes that come sooner than this after being asked for had been received before, and need no further pause."""

Sleep = Callable[[float], Awaitable[None]]


class ReadingPace:
    """The pace of one stream. Call `asks` before asking for a chunk of bytes, and `gather` once it is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._asked_at = self._read_at = -math.inf
        self._reads = 0

    def asks(self) -> None:
        """Note that more bytes are wanted."""
        self._asked_at = self._clock()

    async def gather(self) -> None:
        """Wait out the pause since the last read, so that more bytes can come; return at once if it is over."""
        now = self._clock()
        if now - self._asked_at < READY_SECONDS:
            return
        left_seconds = self._read_at + GATHER_SECONDS * min(1, self._reads / FIRST_READS) - now
        if left_seconds > 0:
            await self._sleep(left_seconds)
        self._read_at, self._reads = self._clock(), self._reads + 1
