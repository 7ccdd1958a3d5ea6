"""How fast a websocket is read: a token bucket for each connection.

Without one, a single page that sends without pause would keep the event loop of its process busy for everybody else.
It is not closed, only read more slowly: what a page sends is never lost.
"""

FRAMES_PER_SECOND = 100
FRAMES_AT_ONCE = 1_000
"""How fast a connection may send for long, and how far ahead of that it may get. Somebody who types, scrolls and
clicks makes a page send a few frames a second."""


class FrameAllowance:
    """What one connection may still send. Moments are in seconds, of any one clock that only goes forward."""

    def __init__(self) -> None:
        self._left = float(FRAMES_AT_ONCE)
        self._counted_at = float("inf")

    def take(self, moment: float) -> float:
        """Count one more frame; returns how many seconds it has to wait."""
        earned = max(0.0, moment - self._counted_at) * FRAMES_PER_SECOND
        self._left = min(FRAMES_AT_ONCE, self._left + earned) - 1
        self._counted_at = moment
        return max(0.0, -self._left / FRAMES_PER_SECOND)
