"""Made-up measurements for tests."""

from bench.figures import Figures
from bench.results import Machine, Measured

MACHINE = Machine(2, "a processor", "Linux", "3.11.7", "Chrome/1")


def measured(machine: Machine = MACHINE, **runs: list[Figures]) -> Measured:
    """Runs of scenarios."""
    return Measured(machine, "abc1234", "2026-01-01T00:00:00+00:00", dict(runs))
