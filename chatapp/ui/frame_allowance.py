"""How much may be sent over websockets: a token bucket of bytes for each person, and each address of strangers.

Without one, somebody who sends without pause would keep the event loop of the process busy for everybody else. Nobody
is closed for it, only read more slowly: what a page sends is never lost. A new connection fills no bucket.
"""

BYTES_PER_SECOND = 500_000
BYTES_AT_ONCE = 2_500_000
"""How fast somebody may send for long, and how far ahead of that they may get: two of the longest questions."""

EVENT_BYTES = 5_000
"""What a frame costs besides its length: dealing with an event takes about as long as reading so much."""

CONNECTION_BYTES = 50_000
"""What a person's connection costs: the state behind it takes half of this in memory, for five minutes after its end.
That of a stranger goes with the connection, which costs no more than an event."""

SENT_SHARE = 4
"""What a sender is sent counts too, a quarter of its length: who has a long page filled again and again costs more than
who sends as many short events."""

SENDERS_MAX = 10_000
"""Buckets that are kept before those are forgotten that are full again."""


class FrameAllowance:
    """What one sender may still send. Moments are in seconds, of any one clock that only goes forward."""

    def __init__(self) -> None:
        self._left = float(BYTES_AT_ONCE)
        self._counted_at = float("inf")

    def take(self, size: int, moment: float) -> float:
        """Count so many bytes more; returns how many seconds they have to wait."""
        self._left = self._left_at(moment) - size
        self._counted_at = moment
        return max(0.0, -self._left / BYTES_PER_SECOND)

    def is_full(self, moment: float) -> bool:
        """Whether nothing is lost by forgetting it."""
        return self._left_at(moment) >= BYTES_AT_ONCE

    def _left_at(self, moment: float) -> float:
        earned = max(0.0, moment - self._counted_at) * BYTES_PER_SECOND
        return min(BYTES_AT_ONCE, self._left + earned)


class Allowances:
    """The allowances of all senders of this process, by any key."""

    def __init__(self) -> None:
        self._of: dict[str, FrameAllowance] = {}

    def of(self, sender: str, moment: float) -> FrameAllowance:
        """The one allowance of a sender, however many connections it has."""
        if len(self._of) >= SENDERS_MAX:
            self._of = {key: kept for key, kept in self._of.items() if not kept.is_full(moment)}
        return self._of.setdefault(sender, FrameAllowance())
