"""What the attacks cost, for the table in docs/security.md: printed when the tests have run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """The 95th percentiles of the first text without and under one attack, in ms, and the growth of memory, in MB."""

    form: str
    attack: str
    quiet_ms: float
    under_attack_ms: float
    growth_mb: float
    done: dict[str, int]

    def line(self) -> str:
        """It as a line to read."""
        counts = ", ".join(f"{number:,} {what}" for what, number in self.done.items())
        return (
            f"{self.form}: {self.attack}: first text {self.quiet_ms:.0f} -> {self.under_attack_ms:.0f} ms (p95), "
            f"{self.growth_mb:+.0f} MB ({counts})"
        )


FIGURES: list[Figure] = []
"""Those of this run."""
