"""What so many answers at once need: `python -m bench.capacity`; `--check RESULTS.json` holds it against measurements.

A model and no measurement: the unit costs of bench/costs.json times how often each unit happens, per kind of process,
and a simulation of one process's queue for the delay. What was fitted and not measured is marked in costs.json.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench import costs as stored
from bench.capacity_tables import plan
from bench.costs import Costs, Fitted
from bench.simulation import showing
from chatapp.providers import reading_pace
from chatapp.settings import Settings

KINDS = ("web", "worker", "redis", "postgres")
SUFFIX = "_cpu_s"
SUMS = {"all", "chatapp"}
TOLERANCE = 0.25
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
    entry_seconds = max(1 / load.rate, reading_pace.GATHER_SECONDS) * late
    pages = max(1, round(load.people / load.web))
    flushes = min(showing(costs, pages, load.rate).flushes_a_second, late / entry_seconds)
    total = load.people * load.seconds
    piece_seconds = Settings.model_fields["checkpoint_seconds"].default
    return Happening(
        total * min(load.rate, 1 / entry_seconds), total / entry_seconds, total / piece_seconds, total * flushes
    )


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
        + people * (c.redis_send_us + c.redis_answer_us)
        + n.entries * (c.redis_append_us + c.redis_follow_us),
        "postgres": seconds * c.postgres_second_us
        + people * (c.postgres_send_us + c.postgres_answer_us + c.postgres_end_us)
        + people * seconds * c.postgres_page_second_us
        + n.pieces * c.postgres_piece_us,
    }
    return {kind: us / 1e6 * getattr(fitted, kind) for kind, us in used_us.items()}


def lateness(load: Load, costs: Costs, fitted: Fitted, cores: float, others_seconds: float = 0.0) -> float:
    """By how much pauses stretch until the work of all kinds fits into `cores`; 1 where it fits as it is.

    `others_seconds` is what else runs on the machine meanwhile: the model, the proxy, those who measure.
    """
    late = 1.0
    while late < 16 and sum(cpu_seconds(load, costs, fitted, late).values()) + others_seconds > cores * load.seconds:
        late *= 1.1
    return late


def predict(result: Mapping[str, object], costs: Costs, fitted: Fitted, cores: float) -> dict[str, float]:
    """CPU seconds by kind for the very run that `result`, a line of bench.people, tells of."""
    load = Load(int(str(result["people"])), float(str(result["rate"])), int(str(result["tokens"])))
    used = result["cpu_seconds"]
    assert isinstance(used, Mapping)
    frames = load.people * load.seconds * showing(costs, max(1, load.people // load.web), load.rate).flushes_a_second
    others = sum(float(seconds) for kind, seconds in used.items() if kind not in KINDS)
    late = lateness(load, costs, fitted, cores, others + frames * costs.client_frame_us / 1e6)
    return cpu_seconds(load, costs, fitted, late)


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
    """One factor a kind of process, so that over these runs as much is predicted as was measured."""
    runs = list(results)
    predicted = [predict(result, costs, Fitted(), cores) for result in runs]
    measured = [result["cpu_seconds"] for result in runs]
    sums = {kind: [sum(one[kind] for one in runs_) for runs_ in (measured, predicted)] for kind in KINDS}  # type: ignore[index]
    factors = {kind: round(of_measured / of_predicted, 2) for kind, (of_measured, of_predicted) in sums.items()}
    return Fitted(tuple(int(str(result["people"])) for result in runs), **factors)


def read_results(path: Path) -> list[dict[str, object]]:
    """The runs in a file, a JSON list of them or one a line: what `bench.people --stack` prints."""
    text = path.read_text().strip()
    found = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return [{**run, "cpu_seconds": run.get("cpu_seconds") or _by_kind(run)} for run in found]


def _by_kind(run: Mapping[str, float]) -> dict[str, float]:
    """`web_cpu_s` and so on, without the sums over kinds."""
    used = {key.removesuffix(SUFFIX): seconds for key, seconds in run.items() if key.endswith(SUFFIX)}
    return {kind: seconds for kind, seconds in used.items() if kind not in SUMS}


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
    parser.add_argument("--check", type=Path, metavar="RESULTS.json", help="lines of `bench.people --stack`")
    parser.add_argument("--fit", type=Path, metavar="RESULTS.json", help="find the factors for whole processes")
    parser.add_argument("--into", type=Path, metavar="docs/scale.md", help="put the tables there instead")
    given = parser.parse_args()
    measured = stored.load(given.costs)
    if given.fit:
        fitted = fit(read_results(given.fit), measured.costs, given.cores)
        replace(measured, fitted=fitted).save(given.costs)
        print(fitted)
        return 0
    if given.check:
        return 0 if check(read_results(given.check), measured.costs, measured.fitted, given.cores) else 1
    text = plan(measured, given.answers, given.rate, given.tokens)
    if given.into:
        given.into.write_text(with_tables(given.into.read_text(), text))
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
