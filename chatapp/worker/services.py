"""What a worker runs beside its jobs, for as long as Dramatiq's event loop does; a middleware of Dramatiq.

Dramatiq gives a cancelled coroutine one second. So nothing is cancelled by it: when the worker has to stop, running
answers are drained here before Dramatiq stops its threads.
"""

from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from dramatiq.asyncio import get_event_loop_thread
from dramatiq.broker import Broker
from dramatiq.middleware import Middleware
from dramatiq.worker import Worker

from chatapp.generations.executor import GenerationExecutor
from chatapp.log import get_logger
from chatapp.process import freeze_gc, running_worker
from chatapp.settings import Settings
from chatapp.titles import job as title_job

log = get_logger(__name__)


class Services(Middleware):
    """Database, Redis, models and the executor of generations, between the boot of a worker and its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._executor: GenerationExecutor | None = None

    @property
    def executor(self) -> GenerationExecutor:
        """Where generations run."""
        assert self._executor is not None
        return self._executor

    @property
    def is_running(self) -> bool:
        """Whether everything has started. Dramatiq logs what a middleware raises, and goes on."""
        return self._executor is not None

    async def title(self, conversation_id: str) -> None:
        """Find a title for a conversation."""
        await title_job.run(conversation_id, self._settings)

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Start everything before the first job can come."""
        _in_loop(self._start())

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Drain, while jobs still hold their threads and heartbeats still go out."""
        if self._executor:
            log.info("worker_drains", seconds=self._settings.drain_seconds)
            _in_loop(self._executor.drain(self._settings.drain_seconds))

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Close everything; the loop ends after this."""
        _in_loop(self._stack.aclose())

    async def _start(self) -> None:
        self._executor = await self._stack.enter_async_context(running_worker(self._settings))
        freeze_gc()


def _in_loop(work: Coroutine[Any, Any, None]) -> None:
    thread = get_event_loop_thread()
    assert thread is not None
    thread.run_coroutine(work)
