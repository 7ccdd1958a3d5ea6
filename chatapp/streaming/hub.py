"""One reader a process: waits on every followed key in a single call and hands what comes to its subscribers.

Without it, each open tab would hold a blocking read of its own on the log. The hub reads only; it knows neither
people nor pages.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatapp.errors import ChatappError
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import Changed, Entry, Position

WAIT_SECONDS = 10.0
"""How long one read may block. New keys end it early, so this bounds nothing but a lost wake-up."""


class Subscription:
    """What one follower has not seen yet, of the keys it follows."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._cursors: dict[str, Position] = {}
        self._pending: list[tuple[str, Entry]] = []
        self._held: dict[str, list[Entry]] = {}
        self._arrived = asyncio.Event()

    async def add(self, key: str, after: Position | None = None) -> None:
        """Follow `key` from beyond `after`; from now on if `after` is None."""
        self._cursors[key] = cursor = after if after is not None else await self._hub.log.last(key)
        self._held[key] = []
        self._hub.attach(key, self, cursor)
        earlier = await self._hub.log.read(key, cursor)
        self.deliver(key, earlier + self._held.pop(key))

    def remove(self, key: str) -> None:
        """Follow `key` no longer."""
        self._cursors.pop(key, None)
        self._hub.detach(key, self)

    def close(self) -> None:
        """Follow nothing."""
        for key in list(self._cursors):
            self.remove(key)

    def deliver(self, key: str, entries: list[Entry]) -> None:
        """Take over what is beyond the cursor.

        The hub and the catch-up of `add` may both bring an entry, and the hub may be ahead: what it brings during
        the catch-up is held until the older entries are in.
        """
        if key in self._held:
            self._held[key].extend(entries)
            return
        for entry in entries:
            if key in self._cursors and entry.position > self._cursors[key]:
                self._cursors[key] = entry.position
                self._pending.append((key, entry))
                self._arrived.set()

    async def next(self, timeout_seconds: float) -> list[tuple[str, Entry]]:
        """Everything that arrived since the last call; waits for the first, returns [] when the time is up."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._arrived.wait()
        except TimeoutError:
            return []
        self._arrived.clear()
        taken, self._pending = self._pending, []
        return taken


class Hub:
    """The reader of one process and the subscriptions it feeds."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._wake_key = f"hub:{uuid.uuid4()}"
        self._cursors: dict[str, Position] = {}
        self._subscribers: dict[str, list[Subscription]] = {}
        self._woken = Position(0, 0)
        self._task: asyncio.Task[None] | None = None
        self._wakes: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._read(), name="hub")

    async def aclose(self) -> None:
        """Stop reading."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        """A subscription that ends with the block."""
        subscription = Subscription(self)
        try:
            yield subscription
        finally:
            subscription.close()

    def attach(self, key: str, subscription: Subscription, after: Position) -> None:
        """Read `key` too, for `subscription`. The hub's own cursor may be further: `add` catches up by itself."""
        if key not in self._subscribers:
            self._subscribers[key] = []
            self._cursors[key] = after
            wake = asyncio.create_task(self.log.publish(self._wake_key, Changed("keys")))
            self._wakes.add(wake)
            wake.add_done_callback(self._wakes.discard)
        if subscription not in self._subscribers[key]:
            self._subscribers[key].append(subscription)

    def detach(self, key: str, subscription: Subscription) -> None:
        """Stop reading `key` for `subscription`, and altogether when it was the last."""
        subscribers = self._subscribers.get(key, [])
        if subscription in subscribers:
            subscribers.remove(subscription)
        if not subscribers:
            self._subscribers.pop(key, None)
            self._cursors.pop(key, None)

    async def _read(self) -> None:
        while True:
            arrived = await self.log.wait({**self._cursors, self._wake_key: self._woken}, WAIT_SECONDS)
            for key, entries in arrived.items():
                self._hand_out(key, entries)

    def _hand_out(self, key: str, entries: list[Entry]) -> None:
        if key == self._wake_key:
            self._woken = entries[-1].position
        elif key in self._cursors:
            self._cursors[key] = max(self._cursors[key], entries[-1].position)
            for subscription in list(self._subscribers[key]):
                subscription.deliver(key, entries)


_current: Hub | None = None


def use(hub: Hub) -> None:
    """Make `hub` the one of this process."""
    global _current  # noqa: PLW0603 - one reader a process is the point of this module
    _current = hub


def current() -> Hub:
    """The hub of this process. Raises ChatappError before `use`."""
    if _current is None:
        raise ChatappError("The event hub was used before it was started.")
    return _current
