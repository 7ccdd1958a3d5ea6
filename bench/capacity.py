"""What so many answers at once need, and what breaks first: `python -m bench.capacity`, the tables of docs/scale.md.

A model and no measurement: what one run of the stack used, times the number of answers. `--run RUN.json` takes another
line of `python -m bench.people --stack` than the committed one.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatapp.settings import Settings

RUN = Path(__file__).with_name("stack_run.json")
SIZES = (1_000, 10_000, 100_000, 1_000_000)

DEPLOYED_WORKERS = 2
"""Of the stack that was measured."""

BUSY = 0.7
"""Share of its core at which a process counts as full: the rest is for opening pages, questions and what is uneven."""

REDIS_BUSY = 0.6
"""Of Redis' one thread, which stands between everybody and must not be what all wait for."""

SERVER_CORES = 32
MAX_CONNECTIONS = 500
"""Of one PostgreSQL without a pooler; each is a process with its memory."""

QUEUE_MS_A_SECOND = 4.3
"""CPU of Redis for each worker, which looks into its queues ten times a second. Measured alone, as what follows."""

SWEEP_US, SWEEP_ROW_US = 150.0, 0.11
"""CPU of PostgreSQL for one look at all running answers, and for each of them."""

WEB_MB, PAGE_MB, WORKER_MB = 150.0, 1.7, 160.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer that is being written and shown uses each second: milliseconds of CPU by kind, and kilobits."""

    web_ms: float
    worker_ms: float
    log_ms: float
    postgres_ms: float
    browser_kbit: float

    @classmethod
    def of_run(cls, run: dict[str, float]) -> "Usage":
        """The averages of a run, with what the processes use while idle in them; but for the queue's Redis."""
        seconds = run["tokens"] / run["rate"]
        answers = run["people"] * seconds
        queue_ms = DEPLOYED_WORKERS * seconds * QUEUE_MS_A_SECOND
        return cls(
            web_ms=1e3 * run["web_cpu_s"] / answers,
            worker_ms=1e3 * run["worker_cpu_s"] / answers,
            log_ms=(1e3 * run["redis_cpu_s"] - queue_ms) / answers,
            postgres_ms=1e3 * run["postgres_cpu_s"] / answers,
            browser_kbit=8 * run["kb_a_person"] / seconds,
        )


@dataclass(frozen=True, slots=True)
class Need:
    """What so many answers at once need. Cores are CPU seconds a second; web processes and workers fill one at BUSY."""

    answers: int
    web: int
    workers: int
    log_cores: float
    queue_cores: float
    postgres_cores: float
    sweep_cores: float
    memory_gb: float
    browser_mbit: float

    @classmethod
    def of(cls, usage: Usage, answers: int) -> "Need":
        """For `answers` at once, each with a page."""
        web = math.ceil(answers * usage.web_ms / 1e3 / BUSY)
        workers = math.ceil(answers * usage.worker_ms / 1e3 / BUSY)
        sweeps = (web + workers) / Settings.model_fields["reaper_seconds"].default
        return cls(
            answers,
            web,
            workers,
            log_cores=answers * usage.log_ms / 1e3,
            queue_cores=workers * QUEUE_MS_A_SECOND / 1e3,
            postgres_cores=answers * usage.postgres_ms / 1e3,
            sweep_cores=sweeps * (SWEEP_US + answers * SWEEP_ROW_US) / 1e6,
            memory_gb=(web * WEB_MB + answers * PAGE_MB + workers * WORKER_MB) / 1e3,
            browser_mbit=answers * usage.browser_kbit / 1e3,
        )

    def breaks(self) -> list[str]:
        """What a single one of each does not bear at this size, in the order in which it breaks."""
        connections = (self.web + self.workers) * 2 * Settings.model_fields["database_pool_size"].default
        loads = {
            "one Redis for log and queue: one for each": (self.log_cores + self.queue_cores) / REDIS_BUSY,
            "one Redis for the log: several, a hash tag each": self.log_cores / REDIS_BUSY,
            "one Redis for the queue, which every worker polls: several queues": self.queue_cores / REDIS_BUSY,
            "connections to one PostgreSQL: a pooler in front of it": connections / MAX_CONNECTIONS,
            "every process sweeping over all running answers: one sweep a partition": self.sweep_cores,
            "one PostgreSQL: partitions": (self.postgres_cores + self.sweep_cores) / SERVER_CORES / BUSY,
        }
        return [words for words, load in sorted(loads.items(), key=lambda item: -item[1]) if load > 1]


def tables(usage: Usage, sizes: Sequence[int] = SIZES) -> str:
    """What is needed at each size, and what breaks."""
    needs = [Need.of(usage, answers) for answers in sizes]
    broken = (line for need in needs for line in _breaks(need))
    return "\n".join((*_rows(needs), "", "What a single one does not bear, the first to break first:", *broken))


def _rows(needs: Sequence[Need]) -> Iterator[str]:
    yield _row(("answers", "web", "workers", "log", "queue", "PostgreSQL", "sweeps", "memory", "browsers"))
    yield _row(("at once", "proc.", "proc.", "cores", "cores", "cores", "cores", "GB", "Mbit/s"))
    for n in needs:
        cores = [f"{used:,.1f}" for used in (n.log_cores, n.queue_cores, n.postgres_cores, n.sweep_cores)]
        yield _row(
            (f"{n.answers:,}", f"{n.web:,}", f"{n.workers:,}", *cores, f"{n.memory_gb:,.0f}", f"{n.browser_mbit:,.0f}")
        )


def _row(cells: Sequence[str]) -> str:
    return " ".join([f"{cells[0]:>9}", *(f"{cell:>10}" for cell in cells[1:])])


def _breaks(need: Need) -> Iterator[str]:
    for number, words in enumerate(need.breaks() or ["nothing"]):
        yield f"{'' if number else f'{need.answers:,}':>9}  {words}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, nargs="+", default=SIZES)
    parser.add_argument("--run", type=Path, default=RUN, help="a line of `python -m bench.people --stack`")
    given = parser.parse_args()
    print(tables(Usage.of_run(json.loads(given.run.read_text())), given.answers))


if __name__ == "__main__":
    main()
