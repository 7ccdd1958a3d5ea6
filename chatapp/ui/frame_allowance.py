"""How many frames a websocket may send: a token bucket for each connection.

Without one, a single page could keep the event loop of its process busy for everybody else.
"""

FRAMES_A_SECOND = 20
FRAMES_AT_ONCE = 400
"""How fast a connection may send for long, and how far ahead of that it may get. Somebody who types, scrolls and
clicks makes a page send a few frames a second."""


class FrameAllowance:
    """What one connection may still send. Moments are in seconds, of any one clock that only goes forward."""

    def __init__(self) -> None:
        self._left = float(FRAMES_AT_ONCE)
        self._counted_at = float("inf")

    def take(self, moment: float) -> bool:
        """Count one more frame; returns whether it may pass."""
        earned = max(0.0, moment - self._counted_at) * FRAMES_A_SECOND
        self._left = min(FRAMES_AT_ONCE, self._left + earned) - 1
        self._counted_at = moment
        return self._left >= 0
