"""One worker process: Dramatiq's worker in this very process, without the master that its command line puts above it.

Killed with -9, a master leaves children that go on; and when one child is killed it ends them all. Embedded, there is
one process to watch, and more workers are more of these.
"""

import signal
import threading

from dramatiq.worker import Worker

from chatapp import metrics
from chatapp.jobs import broker
from chatapp.jobs.dramatiq_compat import EventLoop, limit_prefetch
from chatapp.log import get_logger
from chatapp.settings import Settings
from chatapp.worker import actors
from chatapp.worker.services import Services

log = get_logger(__name__)

STOP_MARGIN_SECONDS = 5
"""What ending takes beyond the drain."""


def serve(settings: Settings) -> int:
    """Work until SIGINT or SIGTERM, then drain; returns 1 if it could not start, else 0."""
    services = Services(settings)
    jobs = broker.make(settings.redis_url, EventLoop(), services)
    actors.declare(jobs, services)
    worker = Worker(jobs, worker_threads=settings.worker_threads)
    limit_prefetch(worker, settings.worker_threads)
    stop_requested = _stop_signal()
    metrics.serve(settings.worker_metrics_port)
    worker.start()
    if services.is_running:
        log.info("worker_ready", threads=settings.worker_threads)
        stop_requested.wait()
    worker.stop(timeout=int((settings.drain_seconds + STOP_MARGIN_SECONDS) * 1000))
    return 0 if services.is_running else 1


def _stop_signal() -> threading.Event:
    """An event that the first signal sets. A second signal finds its default and ends the process at once."""
    requested = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        requested.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return requested
