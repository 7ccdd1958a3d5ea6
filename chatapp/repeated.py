"""Lines of the log that strangers can cause: the first few of each reason a minute, and how many more came."""

import time
from collections.abc import Callable

import structlog

LINES_A_MINUTE = 5
WINDOW_SECONDS = 60.0


class Repeated:
    """Warnings of one logger. A reason is one of a few fixed words of ours, never what a stranger sent."""

    def __init__(
        self, logger: structlog.typing.FilteringBoundLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def warning(self, event: str, *, reason: str, **fields: object) -> None:
        """Log it, with the number of those of the same reason that were left out before it; or leave it out too."""
        moment = self._clock()
        began, number = self._windows.get(reason, (moment, 0))
        left_out = 0
        if moment - began >= WINDOW_SECONDS:
            left_out, began, number = max(0, number - LINES_A_MINUTE), moment, 0
        self._windows[reason] = began, number + 1
        if number < LINES_A_MINUTE:
            self._logger.warning(event, reason=reason, **fields, **({"left_out": left_out} if left_out else {}))
