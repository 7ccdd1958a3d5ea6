"""One reader per process: it waits on all followed keys in one call, and hands what comes to the subscribers.

Without it, each open tab would hold a blocking read of its own on the log. The hub reads only; it knows neither
people nor pages. When the log goes down and when it comes back, every subscriber reads the database again.
"""

import asyncio
import math
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from chatapp.errors import RedisUnavailable
from chatapp.log import get_logger
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Position
from chatapp.streaming.pacing import EARLY_SECONDS, LATE_SECONDS, Wait

log = get_logger(__name__)

WAIT_SECONDS = 10.0
"""How long one read may block. New keys end it early, so this bounds nothing but a lost wake-up."""

RETRY_SECONDS = 0.1
"""Between two tries to reach a log that is down."""

Pause = Callable[[Wait], Awaitable[None]]


class Subscription:
    """What one follower has not seen yet, of the keys it follows."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._cursors: dict[str, Position] = {}
        self._pending: list[tuple[str, Entry]] = []
        self._held: dict[str, list[Entry]] = {}
        self._arrived = asyncio.Event()
        self._flush_now = asyncio.Event()  # what gathers is taken now
        self._flush_from = math.inf  # from then on, any arrival makes it so
        self._needs_resync = False
        self.arrived_at = 0.0

    async def add(self, key: str, after: Position | None = None) -> None:
        """Follow `key` from beyond `after`, or from now on if that is None; while the log is down, from its return."""
        self._held[key] = []
        self._cursors[key] = after or START
        try:
            earlier = await self._catch_up(key, from_now_on=after is None)
        except RedisUnavailable:
            self._hub.attach(key, self, self._cursors[key])
            earlier = []
        self.deliver(key, earlier + self._held.pop(key))

    async def _catch_up(self, key: str, *, from_now_on: bool) -> list[Entry]:
        if self._hub.is_down:  # known already; asking again could take a second
            raise RedisUnavailable()
        if from_now_on:
            self._cursors[key] = await self._hub.log.last(key)
        self._hub.attach(key, self, self._cursors[key])
        return await self._hub.log.read(key, self._cursors[key])

    def request_resync(self) -> None:
        """Have the subscriber look at the database: entries may have been lost."""
        self._needs_resync = True
        self._note_arrival()

    def consume_resync(self) -> bool:
        """Whether `request_resync` was called since the last time this was asked."""
        needs_resync, self._needs_resync = self._needs_resync, False
        return needs_resync

    def remove(self, key: str) -> None:
        """Stop following `key`."""
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
                self._note_arrival()
                if time.monotonic() >= self._flush_from or _is_last(entry):
                    self._flush_now.set()

    def _note_arrival(self) -> None:
        if not self._arrived.is_set():
            self.arrived_at = time.monotonic()
            self._arrived.set()

    async def next(self, timeout_seconds: float, pause: Pause | None = None) -> list[tuple[str, Entry]]:
        """Everything that arrived since the last call, once there is something; [] when the time is up.

        After the first arrival `pause` is awaited, so that more can come along; it is given `gather` to do its waiting
        with. `arrived_at` then tells when the first came.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._arrived.wait()
        except TimeoutError:
            return []
        if pause:
            await pause(self.gather)
        self._arrived.clear()
        self._flush_now.clear()
        self._flush_from = math.inf
        taken, self._pending = self._pending, []
        return taken

    def take(self, key: str) -> list[Entry]:
        """What has arrived of one key; `next` does not bring it again."""
        taken = [entry for pending_key, entry in self._pending if pending_key == key]
        self._pending = [(pending_key, entry) for pending_key, entry in self._pending if pending_key != key]
        if not self._pending and not self._needs_resync:
            self._arrived.clear()
            self._flush_now.clear()
        return taken

    async def gather(self, seconds: float) -> None:
        """Let more arrive, for about so long or until the last text of an answer is there: nothing follows that.

        The first arrival from EARLY_SECONDS before the end on ends it; without one it lasts LATE_SECONDS longer.
        """
        if seconds <= EARLY_SECONDS:
            return
        self._flush_from = time.monotonic() + seconds - EARLY_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds + LATE_SECONDS):
                await self._flush_now.wait()


class Hub:
    """The reader of one process, which is one task, and the subscriptions that it feeds."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._cursors: dict[str, Position] = {}  # how far each key was read
        self._wake_key = f"hub:{uuid.uuid4()}"  # a key of our own, which interrupts the read
        self._woken = START
        self._subscribers: dict[str, list[Subscription]] = {}
        self._task: asyncio.Task[None] | None = None
        self._wakes: set[asyncio.Task[None]] = set()
        self._open: set[Subscription] = set()
        self.is_down = False
        self._is_closing = False

    async def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._read(), name="hub")

    async def aclose(self) -> None:
        """Stop reading."""
        self._is_closing = True  # asyncio.wait_for, which Redis' client uses, may swallow a cancellation (Python 3.11)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        """A subscription that ends with the block."""
        subscription = Subscription(self)
        self._open.add(subscription)
        try:
            yield subscription
        finally:
            self._open.discard(subscription)
            subscription.close()

    def attach(self, key: str, subscription: Subscription, after: Position) -> None:
        """Read `key` too, for `subscription`. The hub's own cursor may be further: `add` catches up by itself."""
        if key not in self._subscribers:
            self._subscribers[key] = []
            self._cursors[key] = after
            wake = asyncio.create_task(self._wake())
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

    async def _wake(self) -> None:
        """Have the read that is under way end, so that the next one includes the new key."""
        try:
            await self.log.publish(self._wake_key, Changed("keys"))
        except RedisUnavailable:  # then the read ends by itself
            log.debug("wake_dropped")

    async def _read(self) -> None:
        while not self._is_closing:
            try:
                # A log that was down is not asked to wait for entries: only an answer tells that it is back.
                patience_seconds = 0.0 if self.is_down else WAIT_SECONDS
                arrived = await self.log.wait({**self._cursors, self._wake_key: self._woken}, patience_seconds)
            except RedisUnavailable:
                self._tell(is_down=True)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._tell(is_down=False)
            for key, entries in arrived.items():
                self._hand_out(key, entries)

    def _tell(self, *, is_down: bool) -> None:
        """Note whether the log answers; when that changes, every subscriber looks at the database."""
        if is_down == self.is_down:
            return
        self.is_down = is_down
        log.warning("event_log_away" if is_down else "event_log_back")
        for subscription in self._open:
            subscription.request_resync()

    def _hand_out(self, key: str, entries: list[Entry]) -> None:
        if key == self._wake_key:
            self._woken = entries[-1].position
        elif key in self._cursors:
            self._cursors[key] = max(self._cursors[key], entries[-1].position)
            for subscription in list(self._subscribers[key]):
                subscription.deliver(key, entries)


def _is_last(entry: Entry) -> bool:
    return isinstance(entry.event, End) or (isinstance(entry.event, Delta) and entry.event.is_last)


_current: Hub | None = None


def use(hub: Hub) -> None:
    """Make `hub` the one of this process."""
    global _current  # noqa: PLW0603 - one reader a process is the point of this module
    _current = hub


def current() -> Hub:
    """The hub of this process. Raises RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("The event hub was used before it was started.")
    return _current
