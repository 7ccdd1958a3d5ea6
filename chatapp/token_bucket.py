"""How fast something may come: a token bucket that refuses nothing, but says how long to wait."""


class Pace:
    """So many a second for long, and so many more at once."""

    def __init__(self, per_second: float, at_once: int) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._debt = 0.0
        self._counted_at = float("inf")

    def pay(self) -> None:
        """Count one more."""
        self._debt += 1

    def debt_seconds(self, moment: float) -> float:
        """How long to wait. `moment` is in seconds, of any one clock that only goes forward."""
        earned = max(0.0, moment - self._counted_at) * self._per_second
        self._debt = max(0.0, self._debt - earned)
        self._counted_at = moment
        return max(0.0, self._debt - self._at_once) / self._per_second
