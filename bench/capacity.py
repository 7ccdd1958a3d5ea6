"""What so many answers at once need: `python -m bench.capacity`; `--check RUNS.json` holds it against measurements.

A model and no measurement: the unit costs of bench/costs.json times how often each unit happens, per kind of process,
and a simulation of one process's queue for the delay. What was fitted and not measured is marked in costs.json.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import geometric_mean

from bench import costs as stored
from bench.capacity_tables import plan
from bench.costs import Costs, Fitted
from bench.simulation import entries_a_second, reads_a_second, redis_reads_us, showing
from bench.stack_runs import read_runs
from chatapp.settings import Settings

KINDS = ("web", "worker", "redis", "postgres")
TOLERANCE = 0.25
FIT_TURNS = 20
FIT_STEP = 0.7
"""How much of what is missing a turn puts right: all at once would swing about what is looked for."""

FENCE = "```text\n"
"""Begins the tables in docs/scale.md."""

DEPLOYED = 2
"""Web processes and workers of `make stack`."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a deployment: answers at once and how fast and long each is, on how many processes of a kind."""

    people: int
    rate: float = 30.0
    tokens: int = 600
    web: int = DEPLOYED
    workers: int = DEPLOYED

    @property
    def seconds(self) -> float:
        """How long an answer takes."""
        return self.tokens / self.rate

    @property
    def pages(self) -> int:
        """How many of the pages a web process has."""
        return max(1, round(self.people / self.web))


@dataclass(frozen=True, slots=True)
class Happening:
    """How often each unit happens while all answers of a load are written once."""

    reads: float
    entries: float
    pieces: float
    flushes: float


def happening(load: Load, costs: Costs, late: float = 1.0) -> Happening:
    """Counts from the constants of the code. `late` is by how much a machine that is short of CPU stretches every
    pause of the workers: what comes later comes together, and costs less. Pages are flushed as often as ever."""
    entries = entries_a_second(load.rate, late)
    flushes = min(showing(costs, load.pages, load.rate).flushes_a_second, entries_a_second(load.rate))
    total = load.people * load.seconds
    piece_seconds = Settings.model_fields["checkpoint_seconds"].default
    return Happening(total * reads_a_second(load.rate, late), total * entries, total / piece_seconds, total * flushes)


def cpu_seconds(load: Load, costs: Costs, fitted: Fitted, late: float = 1.0) -> dict[str, float]:
    """CPU time by kind of process while all answers are written once, what idle processes use in it included."""
    n, c, seconds, people = happening(load, costs, late), costs, load.seconds, load.people
    used_us = {
        "web": load.web * seconds * c.web_second_us
        + people * (c.send_us + c.end_us + seconds * c.page_second_us)
        + n.entries * c.follow_us
        + n.flushes * c.flush_us,
        "worker": load.workers * seconds * c.worker_second_us
        + people * (c.answer_us + load.tokens * c.part_us)
        + n.reads * c.read_us
        + n.entries * c.append_us
        + n.pieces * c.piece_us,
        "redis": load.workers * seconds * c.redis_worker_second_us
        + load.web * seconds * c.redis_web_second_us
        + people * (c.redis_send_us + c.redis_answer_us + c.redis_end_us + seconds * c.redis_page_second_us)
        + n.entries * c.redis_append_us
        + n.flushes * c.redis_flush_us
        + load.web * seconds * redis_reads_us(c, load.pages, load.rate, late),
        "postgres": seconds * c.postgres_second_us
        + people * (c.postgres_send_us + c.postgres_answer_us + c.postgres_end_us)
        + people * seconds * c.postgres_page_second_us
        + n.pieces * c.postgres_piece_us,
    }
    return {kind: us / 1e6 * getattr(fitted, kind) for kind, us in used_us.items()}


def lateness(load: Load, costs: Costs, fitted: Fitted, core_seconds: float) -> float:
    """By how much pauses stretch until the work of all kinds fits into `core_seconds`; 1 where it fits as it is."""
    late = 1.0
    while late < 16 and sum(cpu_seconds(load, costs, fitted, late).values()) > core_seconds:
        late *= 1.1
    return late


def predict(result: Mapping[str, object], costs: Costs, fitted: Fitted, cores: float) -> dict[str, float]:
    """CPU seconds by kind for the very run that `result`, a line of bench.people, tells of."""
    load = Load(int(str(result["people"])), float(str(result["rate"])), int(str(result["tokens"])))
    used = result["cpu_seconds"]
    assert isinstance(used, Mapping)
    frames = load.people * load.seconds * showing(costs, load.pages, load.rate).flushes_a_second
    others = sum(float(seconds) for kind, seconds in used.items() if kind not in KINDS)
    core_seconds = cores * (load.seconds + _overtime_seconds(result)) - others - frames * costs.client_frame_us / 1e6
    return cpu_seconds(load, costs, fitted, lateness(load, costs, fitted, core_seconds))


def _overtime_seconds(result: Mapping[str, object]) -> float:
    """How much longer than its answers a run took: the last ones were asked for late, and their text was late."""
    return sum(float(str(result.get(name, 0.0))) for name in ("click_p95_ms", "delay_p95_ms")) / 1000


def check(results: Iterable[Mapping[str, object]], costs: Costs, fitted: Fitted, cores: float) -> bool:
    """Print prediction and measurement side by side; whether all are within TOLERANCE."""
    print(f"{'people':>7} {'kind':9} {'measured':>9} {'predicted':>9} {'off':>6}")
    is_good = True
    for result in results:
        predicted, measured = predict(result, costs, fitted, cores), result["cpu_seconds"]
        assert isinstance(measured, Mapping)
        for kind in KINDS:
            off = predicted[kind] / measured[kind] - 1
            is_good &= abs(off) <= TOLERANCE
            print(f"{result['people']:>7} {kind:9} {measured[kind]:8.1f}s {predicted[kind]:8.1f}s {off:+6.0%}")
    return is_good


def fit(results: Iterable[Mapping[str, object]], costs: Costs, cores: float) -> Fitted:
    """One factor a kind of process, so that these runs are missed by as much above as below; each counts the same.

    By its factors a process needs more, which makes a full machine later, which takes some of it back: found in turns.
    """
    runs = list(results)
    people, factors = tuple(int(str(result["people"])) for result in runs), dict.fromkeys(KINDS, 1.0)
    for _ in range(FIT_TURNS):
        predicted = [predict(result, costs, Fitted(people, **factors), cores) for result in runs]
        off = {kind: geometric_mean(_ratios(kind, runs, predicted)) for kind in KINDS}
        factors = {kind: factor * off[kind] ** FIT_STEP for kind, factor in factors.items()}
    return Fitted(people, **{kind: round(factor, 2) for kind, factor in factors.items()})


def _ratios(kind: str, runs: Iterable[Mapping[str, object]], predicted: Iterable[Mapping[str, float]]) -> list[float]:
    return [run["cpu_seconds"][kind] / one[kind] for run, one in zip(runs, predicted, strict=True)]  # type: ignore[index]


def with_tables(document: str, tables: str) -> str:
    """The document with these tables in the place of those that it has. Raises ValueError where it has none."""
    begins = document.index(FENCE) + len(FENCE)
    return f"{document[:begins]}{tables}\n{document[document.index('```', begins) :]}"


def main() -> int:
    """Print what is needed, or check, or fit; returns 1 when a prediction is off by more than TOLERANCE."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rate", type=float, default=30, help="tokens a second and answer")
    parser.add_argument("--tokens", type=int, default=600, help="of an answer")
    parser.add_argument("--costs", type=Path, default=stored.FILE)
    parser.add_argument("--cores", type=float, default=2, help="of the machine that RESULTS are from")
    parser.add_argument("--check", type=Path, metavar="RUNS.json", help="lines of `bench.people --stack`")
    parser.add_argument("--fit", type=Path, metavar="RUNS.json", help="find the factors for whole processes")
    parser.add_argument("--into", type=Path, metavar="docs/scale.md", help="put the tables there instead")
    given = parser.parse_args()
    measured = stored.load(given.costs)
    if given.fit:
        fitted = fit(read_runs(given.fit), measured.costs, given.cores)
        replace(measured, fitted=fitted).save(given.costs)
        print(fitted)
        return 0
    if given.check:
        return 0 if check(read_runs(given.check), measured.costs, measured.fitted, given.cores) else 1
    text = plan(measured, given.answers, given.rate, given.tokens)
    if given.into:
        given.into.write_text(with_tables(given.into.read_text(), text))
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
