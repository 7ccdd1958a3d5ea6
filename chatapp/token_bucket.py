"""How fast something may come: token buckets, which refuse nothing, but say how long to wait.

Moments are in seconds, of any one clock that only goes forward.
"""

from math import inf

BUCKETS_MAX = 10_000
"""Buckets that are kept before those are forgotten that are full again."""


class TokenBucket:
    """So many `per_second` for long, and so many more `at_once`."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._used = 0.0
        self._counted_at = inf

    def take(self, amount: float, moment: float) -> float:
        """Count so many more; returns how many seconds they have to wait. Fewer than none are given back."""
        self._refill(moment)
        self._used += amount
        return self.wait_seconds(moment)

    def wait_seconds(self, moment: float) -> float:
        """How long what was taken last still has to wait."""
        self._refill(moment)
        return max(0.0, self._used - self._at_once) / self._per_second

    def is_full(self, moment: float) -> bool:
        """Whether nothing is lost by forgetting it."""
        self._refill(moment)
        return self._used == 0

    def _refill(self, moment: float) -> None:
        earned = max(0.0, moment - self._counted_at) * self._per_second
        self._used = max(0.0, self._used - earned)
        self._counted_at = moment


class TokenBuckets:
    """One bucket for each key, such as a person or an address, all of one rate."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._of: dict[str, TokenBucket] = {}

    def of(self, key: str, moment: float) -> TokenBucket:
        """The one bucket of this key."""
        if len(self._of) >= BUCKETS_MAX:
            self._of = {other: kept for other, kept in self._of.items() if not kept.is_full(moment)}
        return self._of.setdefault(key, TokenBucket(self._per_second, self._at_once))
