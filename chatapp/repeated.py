"""Lines of the log that strangers can cause: of each reason the first in a minute, and then how many more came."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from weakref import WeakSet

import structlog

TOLD_SECONDS = 60.0


class Repeated:
    """Warnings of one logger. A reason is one of a few fixed words of ours, never what a stranger sent."""

    def __init__(self, logger: structlog.typing.FilteringBoundLogger) -> None:
        self._logger = logger
        self._came: Counter[tuple[str, str]] = Counter()
        _every.add(self)

    def warning(self, event: str, *, reason: str, **fields: object) -> None:
        """Log it, if it is the first of its reason since the last telling; else count it."""
        if self.is_first(event, reason):
            self._logger.warning(event, reason=reason, **fields)

    def is_first(self, event: str, reason: str) -> bool:
        """Count it; returns whether it is the first."""
        self._came[event, reason] += 1
        return self._came[event, reason] == 1

    def tell(self) -> None:
        """Log how many more came of each, and start over."""
        came, self._came = self._came, Counter()
        for (event, reason), number in came.items():
            if number > 1:
                self._logger.warning(event, reason=reason, more=number - 1)


_every: WeakSet[Repeated] = WeakSet()


class FirstOfEach(logging.Filter):
    """The same for what libraries say: a reason is a place in their code, and the kind of exception that came there."""

    def __init__(self, libraries: Collection[str]) -> None:
        super().__init__()
        self._libraries = libraries
        self._repeated = Repeated(structlog.get_logger(module=__name__))

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be logged: all that others say is."""
        if record.name.partition(".")[0] not in self._libraries:
            return True
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return self._repeated.is_first(
            f"{record.name} said it again", f"{record.module}:{record.lineno} {kind}".strip()
        )


def tell_all() -> None:
    """Log how many more of each came since this was last called."""
    for repeated in list(_every):
        repeated.tell()


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Tell it every minute while the block runs, and at its end."""
    telling = asyncio.create_task(_tell_every_minute())
    try:
        yield
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        tell_all()


async def _tell_every_minute() -> None:
    while True:
        await asyncio.sleep(TOLD_SECONDS)
        tell_all()
