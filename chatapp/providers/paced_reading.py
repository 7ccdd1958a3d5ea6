"""Reads what has come of all responses at common instants: until the next one, the kernel wakes nobody for it.

Wake-ups dominate the CPU cost: a process that is woken for every part of an answer uses two to three times as much.
"""

import asyncio
import socket
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx2

GATHER_SECONDS = 0.05
"""Between two instants. All streams of a machine share them, so that their entries and flushes come together, too."""

FIRST_READS = 4
"""Over so many reads the pause grows to its full length: somebody waits for the first words."""

FULL_BYTES = 65_536
"""So much wakes the process before the instant: as much as httpcore reads at once."""


def pause_seconds(reads: int, now: float) -> float:
    """How long to let more come after a response's n-th read, which is now by the machine's monotonic clock."""
    if reads < FIRST_READS:
        return GATHER_SECONDS * reads / FIRST_READS
    return (round(now / GATHER_SECONDS) + 1) * GATHER_SECONDS - now


class PacedReading:
    """The wake-ups for one response. Use as a context manager, and call `has_read` for each chunk.

    Elsewhere than on Linux, where a changed SO_RCVLOWAT takes effect at once, bytes are read as they come.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self._socket: socket.socket = response.extensions["network_stream"].get_extra_info("socket")
        self._reads = 0
        self._instant: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._instant:
            self._instant.cancel()
            self._read_on()  # the connection may serve another request

    def has_read(self) -> None:
        """Note a chunk. The first of each read begins the pause; the others have come with it."""
        if self._instant:
            return
        self._reads += 1
        seconds = pause_seconds(self._reads, time.monotonic())
        self._instant = asyncio.get_running_loop().call_later(seconds, self._read_on)
        self._wake_at(FULL_BYTES)

    def _read_on(self) -> None:
        self._instant = None
        self._wake_at(1)

    def _wake_at(self, received_bytes: int) -> None:
        if sys.platform == "linux":
            with suppress(OSError, ValueError):  # the connection is closed; uvloop has an error of its own for that
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, received_bytes)
