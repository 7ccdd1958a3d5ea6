"""The one-process home of generations: an asyncio task each, and a drain when the process is told to go."""

import asyncio

from chatapp.conversations import title_job
from chatapp.generations.runner import Runner
from chatapp.settings import Settings


class LocalHome:
    """Runs generations as tasks of this event loop. Holds the tasks only so that it can wait for them."""

    def __init__(self, runner: Runner, settings: Settings) -> None:
        self._runner = runner
        self._settings = settings
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, generation_id: str) -> None:
        """Run a generation, then title its conversation if it has none yet."""
        task = asyncio.create_task(self._run(generation_id), name=f"generation {generation_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Give what runs `seconds` to end, then have it checkpoint and end as interrupted."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, generation_id: str) -> None:
        claim = await self._runner.run(generation_id)
        if claim is not None:
            await title_job.run(claim.conversation_id, self._settings)
