"""Where generations run: tasks of one event loop, and a drain when their process is told to go.

In one process `start` makes a task of each; in a worker the queue brings each to `run`. What happens after an answer
is given to the home by whoever made it.
"""

import asyncio
from collections.abc import Awaitable, Callable

from chatapp.generations.lifecycle import Claim
from chatapp.generations.runner import Runner

After = Callable[[Claim], Awaitable[None]]

TURNS_TO_THE_MODEL = 20
"""Turns of the event loop from the start of a task to its request at the model; 10 were seen where a connection was
kept and 18 where one had to be made. When 50 people ask at the same instant, all of them are asked for before the first
page is drawn: the last one waits a fifth less."""

END_SECONDS = 5.0
"""How long the ends of answers may take at the end of a drain: those of the models that have finished, too."""


class Home:
    """Runs generations. Holds their tasks only so that it can wait for them; the truth about them is the database's."""

    def __init__(self, runner: Runner, after: After) -> None:
        self._runner = runner
        self._after = after
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def start(self, generation_id: str) -> None:
        """Run a generation in the background, and then what comes after it. What the caller has yet to do can wait."""
        self._track(asyncio.create_task(self._run(generation_id), name=f"generation {generation_id}"))
        for _ in range(TURNS_TO_THE_MODEL):
            await asyncio.sleep(0)

    async def run(self, generation_id: str) -> None:
        """Run a generation; returns when it has ended. Whoever is cancelled while waiting does not end it."""
        if self._is_closed:  # it stays queued, and the reaper of another process gives it to one that stays
            return
        task = asyncio.create_task(self._run(generation_id), name=f"generation {generation_id}")
        self._track(task)
        await asyncio.wait([task])

    async def drain(self, seconds: float) -> None:
        """Take nothing new, give what runs `seconds` to end, then have it checkpoint and end as interrupted.

        What is still not over after END_SECONDS more, because the database is away, is left to a reaper.
        """
        self._is_closed = True
        await self._wait(seconds)
        self._runner.interrupt()
        await self._wait(END_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def _track(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, generation_id: str) -> None:
        claim = await self._runner.run(generation_id)
        if claim is not None:
            await self._after(claim)
