"""The one place that asks what time it is, so that tests and rules can find every use of it."""

import time
from datetime import UTC, datetime

JUMP_SECONDS = 5.0
"""More than clocks are ever corrected by at once in normal running; far less than a lease (30 s)."""


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)


class JumpWatch:
    """Notices that the clock was set, or that the machine has slept: leases given before say nothing then."""

    def __init__(self) -> None:
        self._offset_seconds = self._measure()

    def has_jumped(self) -> bool:
        """Whether that happened since the last call."""
        before, self._offset_seconds = self._offset_seconds, self._measure()
        return abs(self._offset_seconds - before) > JUMP_SECONDS

    @staticmethod
    def _measure() -> float:
        return now().timestamp() - time.monotonic()
