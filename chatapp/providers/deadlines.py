"""How long a server may take: until its first part, between parts, in all. Reading the parts is done elsewhere.

Only whole parts count, so a server that drips bytes, comments or empty events runs into the same deadline as a silent
one. Time that the consumer of a part takes does not count, because it is not the server's.
"""

import asyncio

from chatapp.errors import ProviderError
from chatapp.providers.explain import ErrorTranslator
from chatapp.settings import Settings

USAGE_SECONDS = 5.0
"""How long a finished answer waits for its usage, which most servers send right after it."""

CLOSING_SECONDS = 0.25
"""How long to wait for the end of the response: a connection that was read to its end can serve the next request."""


class Deadlines:
    """The deadlines of a request that is made now. `first_seconds` replaces the setting for the first part."""

    def __init__(self, settings: Settings, explain: ErrorTranslator, *, first_seconds: float | None = None) -> None:
        self._part_seconds = settings.part_timeout_seconds
        self._total_seconds = settings.total_timeout_seconds
        self._explain = explain
        self._loop = asyncio.get_running_loop()
        self._end_at = self._loop.time() + self._total_seconds
        self._allow(first_seconds or settings.first_part_timeout_seconds)

    def at(self) -> float:
        """When waiting for the next bytes must end, by the event loop's clock."""
        return min(self._next_at, self._end_at)

    def progress(self, *, has_parts: bool, is_ending: bool, is_done: bool) -> None:
        """Set the deadline for what may come next, once the parts in some events have been handed on.

        `is_ending` says that no more text is expected. An event that comes all the same shows that there is more.
        """
        if is_done:
            seconds, is_restarted = CLOSING_SECONDS, False
        elif is_ending:
            seconds, is_restarted = USAGE_SECONDS, True
        elif has_parts:
            seconds, is_restarted = self._part_seconds, True
        else:
            return
        if is_restarted or seconds != self._allowed_seconds:
            self._allow(seconds)

    def missed(self) -> ProviderError:
        """The error that says which deadline was missed."""
        if self._end_at <= self._next_at:
            return self._explain.total_timeout(self._total_seconds)
        return self._explain.timeout(self._allowed_seconds)

    def _allow(self, seconds: float) -> None:
        self._allowed_seconds = seconds
        self._next_at = self._loop.time() + seconds
