"""The event loop of one process as a queue, simulated: how late text is at so many answers or pages, and how busy it.

One server, first come first served, service times with the measured means and drawn as exponential, which is more
uneven than they are; arrivals, gathering times and the pace of flushes are those of the code, whose constants and pacer
are imported. It knows nothing of other processes: one process, one core of its own.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import ceil

from numpy import interp

from bench.costs import Costs
from chatapp.providers import paced_reading
from chatapp.streaming import redis_log
from chatapp.streaming.pacing import EARLY_SECONDS, MAX_SECONDS, Pacer

WARM_UP_SECONDS = 2.0
KEYS_A_PAGE = 3
"""A page follows its person, its conversation and the answer that is being written."""


GATHERED_ENTRIES = ((20.0, 19.0), (30.0, 18.0), (50.0, 15.0), (100.0, 11.0), (200.0, 8.5), (400.0, 7.0))
"""Entries a second of one answer at so many tokens a second. Measured (the last `seq` of scripted answers of prose): 10
at 10, 19 at 20, 18 at 30, 17 at 40, 15 at 50 and 60, 13 at 80, 11 at 100, 8.6 at 200, 7.2 at 400."""

HUB_READS_A_GATHER = 2
"""All answers are logged at the same instants, and a process that looks then may see half of it: assumed."""


def entries_a_second(rate: float, late: float = 1.0) -> float:
    """How often an answer's text is logged. `late` is by how much a machine short of CPU stretches every pause."""
    tokens, entries = zip(*GATHERED_ENTRIES, strict=True)
    return min(rate, float(interp(rate, tokens, entries)) / late)


def reads_a_second(rate: float, late: float = 1.0) -> float:
    """How often its model's connection is read."""
    return min(rate, 1 / (paced_reading.GATHER_SECONDS * late))


def hub_reads_a_second(pages: int, rate: float, late: float = 1.0) -> float:
    """How often a web process with so many pages asks Redis for what is new."""
    instants = HUB_READS_A_GATHER / paced_reading.GATHER_SECONDS
    return min(pages * entries_a_second(rate, late), instants / late, 1 / (_hub_gather_seconds(pages) * late))


def redis_reads_us(costs: Costs, pages: int, rate: float, late: float = 1.0) -> float:
    """What that costs Redis each second, in microseconds of CPU."""
    read_us = costs.redis_read_us + KEYS_A_PAGE * pages * costs.redis_read_key_us
    return hub_reads_a_second(pages, rate, late) * read_us


@dataclass(frozen=True, slots=True)
class Outcome:
    """The 95th percentile of the delay that this process adds, how often each page was flushed, and the share of its
    core that was busy."""

    p95_seconds: float
    flushes_a_second: float
    busy: float


@dataclass
class Loop:
    """One event loop. Work that becomes due while it is busy waits its turn."""

    seed: int
    now: float = 0.0
    free_at: float = 0.0
    busy_seconds: float = 0.0
    _due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def call_at(self, moment: float, work: Callable[[], None]) -> None:
        """Have `work` done at `moment`, or as soon after it as the loop is free."""
        self._count += 1
        heapq.heappush(self._due, (moment, self._count, work))

    def use(self, mean_us: float) -> float:
        """Be busy from now on; returns when that ends."""
        seconds = self.random.expovariate(1e6 / mean_us) if mean_us else 0.0
        self.busy_seconds += seconds
        self.free_at = max(self.free_at, self.now) + seconds
        return self.free_at

    def run(self, seconds: float) -> None:
        """Go on until simulated time has come so far."""
        while self._due and max(self._due[0][0], self.free_at) < seconds:
            moment, _, work = heapq.heappop(self._due)
            self.now = max(moment, self.free_at)
            work()


class Writing:
    """A worker: what it reads until the next entry of an answer, and that entry."""

    def __init__(self, costs: Costs, answers: int, rate: float, seed: int) -> None:
        self._loop, self._costs, self._rate = Loop(seed), costs, rate
        self._entry_seconds = 1 / entries_a_second(rate)
        self._entry_us = costs.append_us + costs.read_us * reads_a_second(rate) / entries_a_second(rate)
        self._read_until = [0.0] * answers
        self.delays: list[float] = []
        for number in range(answers):
            self._loop.call_at(self._loop.random.random() / rate, lambda number=number: self._read(number))  # type: ignore[misc]

    def run(self, seconds: float) -> Outcome:
        """Simulate so much time."""
        self._loop.run(seconds)
        return Outcome(_p95(self.delays), 0.0, self._loop.busy_seconds / seconds)

    def _read(self, number: int) -> None:
        """Take all parts that have come since, which is one as long as nothing is late."""
        loop, costs = self._loop, self._costs
        parts = max(1.0, (loop.now - self._read_until[number]) * self._rate)
        oldest, self._read_until[number] = self._read_until[number] + 1 / self._rate, loop.now
        done = loop.use(self._entry_us + parts * (costs.part_us + costs.piece_us / self._rate))
        if loop.now > WARM_UP_SECONDS:
            self.delays.append(done - min(oldest, loop.now))
        loop.call_at(max(loop.now + self._entry_seconds, done), lambda: self._read(number))


class Showing:
    """A web process: the hub's reads bring what is new, and each page shows it at the pacer's pace."""

    def __init__(self, costs: Costs, pages: int, rate: float, seed: int) -> None:
        self._loop, self._costs, self._rate, self._pages = Loop(seed), costs, rate, pages
        self._entry_seconds = 1 / entries_a_second(rate)
        self._pacer = Pacer(lambda: self._loop.now)
        self._heard_at = 0.0
        self._shown_until = [0.0] * pages
        self.delays: list[float] = []
        self._flushes = 0
        self._loop.call_at(0.0, self._hear)
        for number in range(pages):
            due = self._loop.random.random() * MAX_SECONDS
            self._loop.call_at(due, lambda number=number, due=due: self._flush(number, due))  # type: ignore[misc]

    def run(self, seconds: float) -> Outcome:
        """Simulate so much time."""
        self._loop.run(seconds)
        each = self._flushes / max(1, self._pages) / (seconds - WARM_UP_SECONDS)
        return Outcome(_p95(self.delays), each, self._loop.busy_seconds / seconds)

    def _hear(self) -> None:
        loop = self._loop
        entries = (loop.now - self._heard_at) / self._entry_seconds * self._pages
        self._heard_at = loop.now
        done = loop.use(entries * self._costs.follow_us)
        loop.call_at(done + _hub_gather_seconds(self._pages), self._hear)

    def _flush(self, number: int, due: float) -> None:
        """Show what was heard since the last time. What the page's sleep overshot is the loop's lag."""
        loop = self._loop
        self._pacer.note_lag(loop.now - due)
        oldest, self._shown_until[number] = self._shown_until[number] + self._entry_seconds, self._heard_at
        done = loop.use(self._costs.flush_us)
        if loop.now > WARM_UP_SECONDS:
            self._flushes += 1
            self.delays.append(done - min(oldest, loop.now))
        again = max(done, loop.now + self._until_news(self._pacer.note_flush(0) - loop.now))
        loop.call_at(again, lambda: self._flush(number, again))

    def _until_news(self, pause_seconds: float) -> float:
        """A pause ends with the first entry from EARLY_SECONDS before its end on."""
        return ceil((pause_seconds - EARLY_SECONDS) / self._entry_seconds) * self._entry_seconds


def writing(costs: Costs, answers: int, rate: float, *, seconds: float = 12.0, seed: int = 1) -> Outcome:
    """What a worker adds to the delay of text while it writes `answers` at `rate` tokens a second each."""
    return Writing(costs, answers, rate, seed).run(seconds)


@cache
def showing(costs: Costs, pages: int, rate: float, *, seconds: float = 12.0, seed: int = 1) -> Outcome:
    """What a web process adds to it while it shows as many to a page each."""
    return Showing(costs, pages, rate, seed).run(seconds)


def most(simulate: Callable[[int], Outcome], limit_seconds: float, busy: float = 1.0) -> int:
    """The largest number at which the delay stays within the limit and no more than `busy` of the core is used."""
    low, high = 0, 1

    def holds(number: int) -> bool:
        found = simulate(number)
        return found.p95_seconds <= limit_seconds and found.busy <= busy

    while holds(high) and high < 100_000:
        low, high = high, high * 2
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _hub_gather_seconds(pages: int) -> float:
    return min(redis_log.GATHER_MAX_SECONDS, redis_log.GATHER_SECONDS_PER_KEY * KEYS_A_PAGE * pages)


def _p95(delays: list[float]) -> float:
    return sorted(delays)[int(len(delays) * 0.95)] if delays else 0.0
