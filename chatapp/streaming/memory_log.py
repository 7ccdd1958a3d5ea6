"""The event log of a single process: lists in memory, woken waiters, and beside them a journal on disk.

What the lists hold dies with the process. The journal does not: it has the text of the answers that were running.
"""

import asyncio
import itertools
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chatapp.errors import Fenced
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Position
from chatapp.streaming.journal import Journal

FEED_MAX_ENTRIES = 64
"""Notices kept per feed. A reader that misses some looks again anyway: one notice says as much as ten."""

FEED_KEEP_SECONDS = 3600
"""How long a feed is kept that nobody tells anything."""


@dataclass
class Feed:
    """The newest notices of one key, and when the last of them came."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=FEED_MAX_ENTRIES))
    told_at: float = 0.0


class MemoryLog:
    """EventLog inside one process and one event loop. It begins with what the journal holds of an earlier process."""

    is_shared = False

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._logs: dict[str, list[Entry]] = defaultdict(list, journal.recover() if journal else {})
        self._feeds: OrderedDict[str, Feed] = OrderedDict()
        # By key: all that a reader has to compare.
        self._newest = {key: entries[-1].position for key, entries in self._logs.items()}
        self._numbers = itertools.count(1)
        self._waiters: list[tuple[Mapping[str, Position], asyncio.Event]] = []

    async def begin(self, key: str, attempt: int) -> None:
        """Have the journal say that this attempt begins."""
        if self._journal:
            self._journal.begin(key, attempt)

    async def append(self, key: str, entries: Sequence[Entry]) -> None:
        """Append `entries`; raises Fenced when one is not beyond the last."""
        log = self._logs[key]
        for entry in entries:
            if log and entry.position <= log[-1].position:
                raise Fenced()
            if self._journal:
                _keep(self._journal, key, entry)
            log.append(entry)
            self._newest[key] = entry.position
        self._wake(key)

    async def publish(self, key: str, notice: Changed) -> None:
        """Append a notice. One count numbers all feeds, so that a forgotten feed does not start at 1 again."""
        feed = self._feeds.setdefault(key, Feed())
        self._newest[key] = Position(0, next(self._numbers))
        feed.entries.append(Entry(self._newest[key], notice))
        feed.told_at = time.monotonic()
        self._feeds.move_to_end(key)
        self._forget_silent()
        self._wake(key)

    async def last(self, key: str) -> Position:
        """The place of the newest entry; START where there is none."""
        return self._newest.get(key, START)

    async def read(self, key: str, after: Position) -> list[Entry]:
        """The entries beyond `after`, oldest first."""
        return self._beyond(key, after)

    async def wait(self, cursors: Mapping[str, Position], timeout_seconds: float) -> dict[str, list[Entry]]:
        """Wait for entries beyond any cursor; returns them, or {} after the timeout."""
        found = self._collect(cursors)
        if found:
            return found
        waiter = (cursors, asyncio.Event())
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout_seconds):
                await waiter[1].wait()
        except TimeoutError:
            return {}
        finally:
            self._waiters.remove(waiter)
        return self._collect(cursors)

    async def expire(self, key: str, seconds: float) -> None:
        """Forget the key after `seconds`."""
        asyncio.get_running_loop().call_later(seconds, self._forget, key)

    async def forget_rest(self) -> None:
        """Forget the answers of an earlier process, but for those that are being written again."""
        if self._journal:
            for key in self._journal.remove_rest():
                self._forget(key)

    async def aclose(self) -> None:
        """Forget everything but the journal, which has what could not be ended."""
        if self._journal:
            self._journal.close()
            self._journal = None
        self._logs.clear()
        self._feeds.clear()
        self._newest.clear()

    def _entries(self, key: str) -> Sequence[Entry]:
        if log := self._logs.get(key):
            return log
        feed = self._feeds.get(key)
        return feed.entries if feed else ()

    def _beyond(self, key: str, after: Position) -> list[Entry]:
        newer = list(itertools.takewhile(lambda e: e.position > after, reversed(self._entries(key))))
        return newer[::-1]

    def _collect(self, cursors: Mapping[str, Position]) -> dict[str, list[Entry]]:
        newest = self._newest.get
        return {key: self._beyond(key, after) for key, after in cursors.items() if newest(key, START) > after}

    def _wake(self, key: str) -> None:
        for cursors, event in self._waiters:
            if key in cursors:
                event.set()

    def _forget_silent(self) -> None:
        """Drop the feeds that have been silent for long: the first, because each notice moves its feed to the end."""
        silent_since = time.monotonic() - FEED_KEEP_SECONDS
        while next(iter(self._feeds.values())).told_at < silent_since:
            key, _ = self._feeds.popitem(last=False)
            self._newest.pop(key, None)

    def _forget(self, key: str) -> None:
        for kept in (self._logs, self._feeds, self._newest):
            kept.pop(key, None)


def _keep(journal: Journal, key: str, entry: Entry) -> None:
    """Write down the text of a running answer, until its end makes the database the truth."""
    if isinstance(entry.event, Delta):
        journal.write(key, entry.position, entry.event)
    elif isinstance(entry.event, End):
        journal.remove(key)
