"""What chatapp uses of Dramatiq beyond its documented interface, each behind a name. When Dramatiq moves, look here.

`tests/worker/test_dramatiq_compat.py` has a test of each.
"""

import uvloop
from dramatiq.asyncio import EventLoopThread, set_event_loop_thread
from dramatiq.broker import Broker
from dramatiq.middleware import AsyncIO
from dramatiq.worker import Worker

INTERRUPT_CHECK_SECONDS = 1.0
"""Every running job holds a thread that wakes so often; at Dramatiq's 0.1 s, 256 of them cost 12 % of a core."""

START_SECONDS = 2.0


class EventLoop(AsyncIO):
    """One event loop a worker, in a thread of its own; a uvloop, as in web processes.

    Dramatiq's middleware lets nobody choose the loop, or how often its threads wake. Uses `EventLoopThread.loop` and
    `AsyncIO.logger`; see `dramatiq/asyncio.py` and `dramatiq/middleware/asyncio.py`.
    """

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Start the loop."""
        thread = EventLoopThread(self.logger, INTERRUPT_CHECK_SECONDS)
        thread.loop.close()
        thread.loop = uvloop.new_event_loop()
        thread.start(timeout=START_SECONDS)
        set_event_loop_thread(thread)


def limit_prefetch(worker: Worker, jobs: int) -> None:
    """Have a worker that is not started yet take at most `jobs` of a queue ahead: those beyond are for other workers.

    Dramatiq reads the number from the environment, when it is imported. Uses `Worker.queue_prefetch`; see
    `dramatiq/worker.py`.
    """
    worker.queue_prefetch = jobs
