"""The tables of `python -m bench.capacity`: what is needed at each size, and what breaks first there."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.costs import Costs, Measured
from bench.simulation import KEYS_A_PAGE, Outcome, entries_a_second, most, redis_reads_us, showing, writing
from chatapp.settings import Settings

DELAY_SECONDS = 1.0
"""How late text may be, at the 95th percentile: half of it for the worker, half for the web process."""

BUSY = 0.7
"""Share of its core at which a process counts as full: the rest is for opening pages, questions and what is uneven."""

REDIS_BUSY = 0.6
"""Of Redis' one thread, which stands between everybody and must not be what all wait for."""

ENTRY_BYTES = 150
"""Of an XADD with a word of text on the wire; an XREAD brings back as many."""

READ_KEY_BYTES = 100
"""Of each key that an XREAD names, with its cursor."""

SERVER_CORES = 32
MAX_CONNECTIONS = 500
"""Of one PostgreSQL without a pooler; each is a process with its memory."""

REAPER_PERIOD_SECONDS = Settings.model_fields["reaper_seconds"].default


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many answers one web process and one worker bear."""

    pages: int
    answers: int


@dataclass(frozen=True, slots=True)
class Need:
    """What so many answers need. Cores are those of CPU time, at the stated shares; a process is at most one core."""

    answers: int
    web: int
    workers: int
    redis_cores: float
    queue_cores: float
    postgres_cores: float
    sweep_cores: float
    memory_gb: float
    browser_mbit: float
    redis_mbit: float
    connections: int


def capacity(costs: Costs, rate: float, delay_seconds: float, busy: float) -> Capacity:
    """What each bears, found by simulation, with at most this delay (p95) and this share of its core in use."""
    return Capacity(
        pages=most(lambda pages: showing(costs, pages, rate), delay_seconds, busy),
        answers=most(lambda answers: writing(costs, answers, rate), delay_seconds, busy),
    )


def need(measured: Measured, one: Capacity, answers: int, rate: float, tokens: int) -> Need:
    """Processes, cores, memory and traffic for so many answers at once, each with a page, new ones as old ones end."""
    c, fitted, settings = measured.costs, measured.fitted, Settings.model_fields
    web, workers = math.ceil(answers * fitted.web / one.pages), math.ceil(answers * fitted.worker / one.answers)
    begun = answers * rate / tokens
    entries, flushes = answers * entries_a_second(rate), answers * showing(c, one.pages, rate).flushes_a_second
    redis_us = entries * c.redis_append_us + flushes * c.redis_flush_us
    redis_us += web * redis_reads_us(c, math.ceil(answers / web), rate)
    redis_us += begun * (c.redis_send_us + c.redis_answer_us + c.redis_end_us)
    redis_us += answers * c.redis_page_second_us + web * c.redis_web_second_us
    postgres_us = answers * (c.postgres_piece_us / settings["checkpoint_seconds"].default + c.postgres_page_second_us)
    postgres_us += begun * (c.postgres_send_us + c.postgres_answer_us + c.postgres_end_us)
    sweep_us = (web + workers) / REAPER_PERIOD_SECONDS * (c.postgres_sweep_us + answers * c.postgres_sweep_row_us)
    reads = web * 50 * KEYS_A_PAGE * one.pages * READ_KEY_BYTES
    return Need(
        answers,
        web,
        workers,
        redis_us / 1e6 * fitted.redis,
        workers * c.redis_worker_second_us / 1e6,
        postgres_us / 1e6 * fitted.postgres,
        sweep_us / 1e6,
        (web * c.web_mb + answers * c.page_mb + workers * c.worker_mb) / 1e3,
        (flushes * c.flush_bytes + begun * c.send_bytes) * 8 / 1e6,
        (2 * entries * ENTRY_BYTES + reads) * 8 / 1e6,
        (web + workers) * 2 * settings["database_pool_size"].default,
    )


def what_breaks(needed: Need) -> list[str]:
    """What a single one of each does not bear at this size, in the order in which it breaks as answers are added."""
    limits = (
        (needed.connections / MAX_CONNECTIONS, "connections to one PostgreSQL: a pooler in front of it"),
        ((needed.redis_cores + needed.queue_cores) / REDIS_BUSY, "one Redis for log and queue: one for each"),
        (needed.redis_cores / REDIS_BUSY, "one Redis for the log: shards of a Redis Cluster"),
        (needed.queue_cores / REDIS_BUSY, "one Redis for the queue, which every worker polls: several queues"),
        (needed.sweep_cores, "every process sweeping over all running answers: one sweep a partition"),
        (needed.postgres_cores / (SERVER_CORES * BUSY), f"one PostgreSQL on {SERVER_CORES} cores: partitions"),
    )
    return [words for share, words in sorted(limits, reverse=True) if share > 1]


def plan(measured: Measured, sizes: Sequence[int], rate: float, tokens: int) -> str:
    """All tables, as docs/scale.md has them."""
    one = capacity(measured.costs, rate, DELAY_SECONDS / 2, BUSY)
    late = capacity(measured.costs, rate, DELAY_SECONDS, busy=math.inf)
    needs = [need(measured, one, answers, rate, tokens) for answers in sizes]
    fitted = f"fitted at {measured.fitted.people}" if measured.fitted.people else "nothing fitted"
    return "\n".join(
        (
            f"{tokens} tokens at {rate:g}/s, one page an answer.",
            f"Units measured {measured.at} UTC; {fitted}.",
            f"On {measured.on}.",
            "",
            *_delays(measured.costs, rate),
            "",
            f"Over {DELAY_SECONDS:g} s late (p95): {late.pages} pages a web process, {late.answers} answers a worker.",
            f"Planned for: {one.pages} pages a web process, {one.answers} answers a worker.",
            "",
            *_needs(needs),
            "",
            "What a single one does not bear any more, the first to break first:",
            *(line for n in needs for line in _breaks(n)),
        )
    )


def _delays(costs: Costs, rate: float) -> Iterator[str]:
    yield f"{'in one process':>14} {'worker p95':>10} {'busy':>5} {'web p95':>8} {'busy':>5} {'flushes/s':>9}"
    for number in (10, 25, 50, 75, 100, 150, 200, 300, 400):
        wrote, showed = writing(costs, number, rate), showing(costs, number, rate)
        worker = f"{_delay(wrote):>10} {min(1, wrote.busy):5.0%}"
        web = f"{_delay(showed):>8} {min(1, showed.busy):5.0%}"
        yield f"{number:>14} {worker} {web} {showed.flushes_a_second:9.1f}"


def _delay(found: Outcome) -> str:
    """A queue that grows has no delay of its own: it is as long as one waits."""
    return f"{found.p95_seconds * 1000:.0f} ms" if found.p95_seconds <= DELAY_SECONDS else f"> {DELAY_SECONDS:g} s"


def _needs(needs: Sequence[Need]) -> Iterator[str]:
    yield _row(("answers", "web", "workers", "log", "queue", "PostgreSQL", "sweeps", "memory", "browsers", "Redis"))
    yield _row(("at once", "proc.", "proc.", "cores", "cores", "cores", "cores", "GB", "Mbit/s", "Mbit/s"))
    for n in needs:
        cores = [f"{used:,.1f}" for used in (n.redis_cores, n.queue_cores, n.postgres_cores, n.sweep_cores)]
        traffic = (f"{n.memory_gb:,.0f}", f"{n.browser_mbit:,.0f}", f"{n.redis_mbit:,.0f}")
        yield _row((f"{n.answers:,}", f"{n.web:,}", f"{n.workers:,}", *cores, *traffic))


def _breaks(needed: Need) -> Iterator[str]:
    broken = what_breaks(needed) or ["nothing"]
    yield from (f"{f'{needed.answers:,}' if n == 0 else '':>9}  {words}" for n, words in enumerate(broken))


def _row(cells: Sequence[str]) -> str:
    return " ".join([f"{cells[0]:>9}", *(f"{cell:>10}" for cell in cells[1:])])
