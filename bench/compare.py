"""What got worse, or better, than a stored baseline, beyond what chance explains. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.figures import FIGURES, Figure
from bench.results import Measured
from bench.table import number


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one scenario that differs by more than its tolerance."""

    scenario: str
    figure: Figure
    before: float
    after: float

    @property
    def is_worse(self) -> bool:
        """Less is better, always."""
        return self.after > self.before

    def __str__(self) -> str:
        percent = f" ({100 * (self.after - self.before) / self.before:+.0f} %)" if self.before else ""
        return f"{self.scenario}: {self.figure.label}: {number(self.before)} -> {number(self.after)}{percent}"


def changes(baseline: Measured, present: Measured) -> list[Change]:
    """The medians that differ, of every scenario that both have, in the order of the table."""
    found = []
    for scenario in present.runs:
        before, after = baseline.median(scenario), present.median(scenario)
        for figure in FIGURES:
            if figure.key in before and figure.key in after:
                change = Change(scenario, figure, before[figure.key], after[figure.key])
                if abs(change.after - change.before) > _tolerance(figure, before[figure.key]):
                    found.append(change)
    return found


def report(baseline: Measured, present: Measured) -> Iterator[str]:
    """The comparison in words, the worse first."""
    found = changes(baseline, present)
    common = [name for name in present.runs if name in baseline.runs]
    yield f"Compared with {baseline.commit} of {baseline.at}: {', '.join(common) or 'nothing in common'}."
    if present.machine != baseline.machine:
        yield "The machine is another, or its software: only bytes, frames and counts can be compared."
    for words, is_worse in (("Worse", True), ("Better", False)):
        of_kind = [change for change in found if change.is_worse is is_worse]
        yield f"{words}: {len(of_kind)}"
        yield from (f"  {change}" for change in of_kind)


def _tolerance(figure: Figure, before: float) -> float:
    return figure.share * abs(before) + figure.slack
