"""Where generations run: as tasks of one event loop, which are drained when their process is asked to stop.

In one process `start` makes a task of each; in a worker the queue brings each to `run`. What happens after an answer
is decided by whoever makes the executor, with `after`.
"""

import asyncio
from collections.abc import Awaitable, Callable

from chatapp.generations.lifecycle import Claim
from chatapp.generations.runner import Runner

After = Callable[[Claim], Awaitable[None]]

END_SECONDS = 5.0
"""How long the ends of answers may take at the end of a drain: those of the models that have finished, too."""


class GenerationExecutor:
    """Runs generations. It holds their tasks only to wait for them; what is true about them is in the database."""

    def __init__(self, runner: Runner, after: After) -> None:
        self._runner = runner
        self._after = after
        self._tasks: set[asyncio.Task[None]] = set()
        self._afters: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def start(self, generation_id: str) -> None:
        """Run a generation in the background, and then what comes after it."""
        if self._is_closed:  # it stays queued, and the next process dispatches it
            return
        _track(self._tasks, asyncio.create_task(self._run(generation_id), name=f"generation {generation_id}"))

    async def run(self, generation_id: str) -> None:
        """Run a generation; returns when it has ended. Cancelling this wait does not end the generation."""
        if self._is_closed:  # it stays queued, and the reaper of another process dispatches it
            return
        task = asyncio.create_task(self._run(generation_id), name=f"generation {generation_id}")
        _track(self._tasks, task)
        await asyncio.wait([task])

    async def drain(self, seconds: float) -> None:
        """Take nothing new, give what runs `seconds` to end, then have the rest stored and ended as interrupted.

        What is still not over after END_SECONDS more, because the database is down, is left to a reaper. What comes
        after an answer is not waited for.
        """
        self._is_closed = True
        await self._wait(seconds)
        self._runner.interrupt()
        await self._wait(END_SECONDS)
        for task in (*self._tasks, *self._afters):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._afters, return_exceptions=True)

    async def _wait(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _run(self, generation_id: str) -> None:
        claim = await self._runner.run(generation_id)
        if claim is not None:
            _track(self._afters, asyncio.create_task(self._come_after(claim), name=f"after {generation_id}"))

    async def _come_after(self, claim: Claim) -> None:
        await self._after(claim)


def _track(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)
