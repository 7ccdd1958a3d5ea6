"""The event log: an ordered, expiring list of events for each key, and the one way to wait for more of them.

This is the protocol. memory_log implements it inside one process, redis_log for many; the calls of the latter raise
RedisUnavailable while Redis does not answer. Both pass the same tests.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chatapp.streaming.events import Changed, Entry, Position

KEEP_AFTER_END_SECONDS = 3600
"""How long the log of a finished generation stays readable; the database has all of it by then."""


class EventLog(Protocol):
    """Append, read, wait."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes append, whose notices can be lost on the way."""
        ...

    async def begin(self, key: str, attempt: int) -> None:
        """Note, before its first entry, that an attempt begins. A log that dies with its process keeps only this and
        the entries: whether nothing but this is there tells the next process that nothing was shown."""
        ...

    async def append(self, key: str, entries: Sequence[Entry]) -> None:
        """Append `entries` in order. Raises Fenced when one is not beyond the last: a duplicate, or a zombie's."""
        ...

    async def publish(self, key: str, notice: Changed) -> None:
        """Append a notice; the log chooses its place."""
        ...

    async def last(self, key: str) -> Position:
        """The place of the newest entry; START where there is none."""
        ...

    async def read(self, key: str, after: Position) -> list[Entry]:
        """The entries beyond `after` that are there now, oldest first."""
        ...

    async def wait(self, cursors: Mapping[str, Position], timeout_seconds: float) -> dict[str, list[Entry]]:
        """Wait until any of the keys holds entries beyond its cursor; returns them, or {} after the timeout."""
        ...

    async def expire(self, key: str, seconds: float) -> None:
        """Forget the key after `seconds`."""
        ...

    async def forget_rest(self) -> None:
        """Forget what an earlier process left and nobody goes on with, once its answers have ended."""
        ...

    async def aclose(self) -> None:
        """Release what the log holds."""
        ...
