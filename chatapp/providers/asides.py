"""Requests that nobody waits for. They end, and their connections close, as soon as one comes that somebody waits for:
a server at home does one thing at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatapp.errors import ProviderError


class Asides:
    """The requests of one endpoint that must give way."""

    def __init__(self) -> None:
        self._running: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def giving_way(self) -> AsyncIterator[None]:
        """Runs the block until `end`. Raises ProviderError when it was ended by that."""
        try:
            async with asyncio.timeout(None) as until:
                self._running.add(until)
                yield
        except TimeoutError as error:
            raise ProviderError("gave_way", code="unavailable") from error
        finally:
            self._running.discard(until)

    def end(self) -> None:
        """End what is running."""
        now = asyncio.get_running_loop().time()
        while self._running:
            self._running.pop().reschedule(now)
