"""Writes down what was broken how often and what came of it; `make faults` makes docs/reliability.md of that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = """# What may break, and what is lost then

Written by `make faults`: real processes, real PostgreSQL, SQLite and Redis, a real browser, and a scripted model whose
answers are known to the byte. After each fault every question has exactly one answer, every answer is in a final state,
and its text is the scripted one or an exact beginning of it; where a page was open, it showed what the database holds,
also after a reload. A fault for which this fails even once gets no line, so "lost" and "doubled" can only say 0.
Leases last 5 s here and are renewed every 0.5 s; outside tests these are 30 s and 5 s.

| what happened | times | answers | lost | doubled | measured |
|---|---|---|---|---|---|
"""


def spread(values: Iterable[float], unit: str = "s") -> str:
    """Median, 95th percentile and worst, for people."""
    in_order = sorted(values)
    return f"p50 {percentile(in_order, 50):.2f} {unit}, p95 {percentile(in_order, 95):.2f}, worst {in_order[-1]:.2f}"


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of `values` that `percent` of a hundred do not exceed."""
    in_order = sorted(values)
    return in_order[max(0, -(-len(in_order) * percent // 100) - 1)]


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of fault."""

    fault: str
    times: int
    answers: int
    measured: str = ""


class Ledger:
    """The lines of one run."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def note(self, fault: str, times: int, answers: int, measured: str = "") -> None:
        """Write down that `fault` happened so often and that every one of its answers was sound."""
        self.lines.append(Line(fault, times, answers, measured))

    def write(self, target: Path, failed: int) -> None:
        """Make a document of all lines; says how many tests have `failed`, if any."""
        rows = [f"| {line.fault} | {line.times} | {line.answers} | 0 | 0 | {line.measured} |" for line in self.lines]
        missing = f"\n**{failed} tests of this run failed; their lines are missing.**\n" if failed else ""
        target.write_text(HEAD + "\n".join(rows) + "\n" + missing)
