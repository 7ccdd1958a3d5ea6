"""How fast frames of a websocket are read, whatever is in them: a token bucket for each connection.

Even a frame that means nothing, such as a ping or an empty piece of a message, costs 8 µs. What comes too fast is read
later and not lost.
"""

FRAMES_PER_SECOND = 100
FRAMES_AT_ONCE = 1_000
"""How fast a connection may send for long, and how far ahead of that it may get. Somebody who types, scrolls and
clicks makes a page send a few frames a second."""


class FramePace:
    """What one connection owes."""

    def __init__(self) -> None:
        self._debt = 0.0
        self._counted_at = float("inf")

    def pay(self) -> None:
        """Count one more frame."""
        self._debt += 1

    def debt_seconds(self, moment: float) -> float:
        """How long to read nothing. `moment` is in seconds, of any one clock that only goes forward."""
        earned = max(0.0, moment - self._counted_at) * FRAMES_PER_SECOND
        self._debt = max(0.0, self._debt - earned)
        self._counted_at = moment
        return max(0.0, self._debt - FRAMES_AT_ONCE) / FRAMES_PER_SECOND
