"""How long a server may be silent: until its first part, between parts, in all. Kept apart from reading it.

Only whole parts count, so a server that drips bytes, comments or empty events runs into the same deadline as a silent
one. The time a consumer takes over a part is not the server's and does not count.
"""

import asyncio

from chatapp.errors import ProviderError
from chatapp.providers.explain import Explainer
from chatapp.settings import Settings

USAGE_SECONDS = 5.0
"""How long a finished answer waits for its usage, which most servers send right behind it."""

CLOSING_SECONDS = 0.25
"""How long the end of the response is waited for: read to its end, its connection serves the next request too."""


class Deadlines:
    """The deadlines of one request that is made now. `first_seconds` replaces the setting for the first part."""

    def __init__(self, settings: Settings, explain: Explainer, *, first_seconds: float | None = None) -> None:
        self._part_seconds = settings.part_timeout_seconds
        self._total_seconds = settings.total_timeout_seconds
        self._explain = explain
        self._loop = asyncio.get_running_loop()
        self._end_at = self._loop.time() + self._total_seconds
        self._allow(first_seconds or settings.first_part_timeout_seconds)

    def at(self) -> float:
        """The loop's time at which waiting for the next bytes must end."""
        return min(self._next_at, self._end_at)

    def progress(self, *, has_parts: bool, has_finished: bool, is_done: bool) -> None:
        """Give what may come next its time, once the parts of some bytes have been handed on."""
        if is_done:
            seconds = CLOSING_SECONDS
        elif has_finished:
            seconds = USAGE_SECONDS
        elif has_parts:
            seconds = self._part_seconds
        else:
            return
        if has_parts or seconds != self._allowed_seconds:
            self._allow(seconds)

    def missed(self) -> ProviderError:
        """Why waiting ended, in words."""
        if self._end_at <= self._next_at:
            return self._explain.total_timeout(self._total_seconds)
        return self._explain.timeout(self._allowed_seconds)

    def _allow(self, seconds: float) -> None:
        self._allowed_seconds = seconds
        self._next_at = self._loop.time() + seconds
