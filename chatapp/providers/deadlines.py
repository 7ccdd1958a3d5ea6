"""How long a server may take: until its first part, between parts, in all. Reading the parts is done elsewhere.

Only whole parts count, so a server that drips bytes, comments or empty events runs into the same deadline as a silent
one. Time that the consumer of a part takes does not count, because it is not the server's.
"""

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import Self, TypeVar

from chatapp.errors import ProviderError
from chatapp.providers.explain import Explainer
from chatapp.settings import Settings

USAGE_SECONDS = 5.0
"""How long a finished answer waits for its usage, which most servers send right after it."""

CONSUMER_SECONDS = 0.1
"""When a deadline passes while the consumer of a part is at work, it is checked again after this time."""

Result = TypeVar("Result")

CLOSING_SECONDS = 0.25
"""How long to wait for the end of the response: a connection that was read to its end can serve the next request."""


class Deadlines:
    """The deadlines of a request that is made now. `first_seconds` replaces the setting for the first part."""

    def __init__(self, settings: Settings, explain: Explainer, *, first_seconds: float | None = None) -> None:
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
            seconds, is_anew = CLOSING_SECONDS, False
        elif is_ending:
            seconds, is_anew = USAGE_SECONDS, True
        elif has_parts:
            seconds, is_anew = self._part_seconds, True
        else:
            return
        if is_anew or seconds != self._allowed_seconds:
            self._allow(seconds)

    def missed(self) -> ProviderError:
        """The error that says which deadline was missed."""
        if self._end_at <= self._next_at:
            return self._explain.total_timeout(self._total_seconds)
        return self._explain.timeout(self._allowed_seconds)

    def _allow(self, seconds: float) -> None:
        self._allowed_seconds = seconds
        self._next_at = self._loop.time() + seconds


class Watch:
    """Ends the waits of one task when the deadline has passed. Use as a context manager around all of them.

    One timer serves all waits, and is set again only when it fires or would fire too late: an asyncio.timeout for each
    part was a tenth of the cost of an answer (py-spy, 50 answers at once).
    """

    def __init__(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._is_waiting = self._has_cut = False

    async def __aenter__(self) -> Self:
        self._set(self.deadlines.at())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    async def wait(self, work: Awaitable[Result]) -> Result:
        """What `work` returns. Raises TimeoutError when the deadline passes first."""
        if self.deadlines.at() < self._looks_at:
            self._timer.cancel()
            self._set(self.deadlines.at())
        self._is_waiting = True
        try:
            return await work
        except asyncio.CancelledError:
            if self._has_cut and self._task and not self._task.uncancel():
                raise TimeoutError from None
            raise  # somebody else wants the task to end, too
        finally:
            self._is_waiting = False

    def _set(self, at: float) -> None:
        self._looks_at = at
        self._timer = self._loop.call_at(at, self._look)

    def _look(self) -> None:
        at, now = self.deadlines.at(), self._loop.time()
        if now < at:
            self._set(at)
        elif not self._is_waiting:
            self._set(now + CONSUMER_SECONDS)
        elif self._task:
            self._has_cut = True
            self._task.cancel()
