"""What is used of Dramatiq beyond its documents does what its names say; an upgrade that breaks it fails here."""

import asyncio
from collections.abc import Iterator

import dramatiq
import pytest
import uvloop
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.broker import Consumer
from dramatiq.brokers.stub import StubBroker
from dramatiq.worker import Worker

from chatapp.jobs.broker import JOBS
from chatapp.jobs.dramatiq_compat import INTERRUPT_CHECK_SECONDS, EventLoop, limit_prefetch


class NotingBroker(StubBroker):
    """A broker in memory that notes how many jobs a worker takes ahead."""

    def __init__(self) -> None:
        super().__init__(middleware=[EventLoop()])
        self.prefetched: dict[str, int] = {}

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 100) -> Consumer:
        """A consumer of one queue."""
        self.prefetched[queue_name] = prefetch
        return super().consume(queue_name, prefetch, timeout)


@pytest.fixture
def broker() -> Iterator[NotingBroker]:
    """One that is closed with the test."""
    made = NotingBroker()
    yield made
    made.close()


def test_jobs_run_in_the_loop_that_we_gave_and_their_threads_wake_as_seldom_as_we_said(broker: NotingBroker) -> None:
    found = []

    @dramatiq.actor(broker=broker, queue_name=JOBS)
    async def note() -> None:
        found.append((asyncio.get_running_loop(), get_event_loop_thread()))

    worker = Worker(broker, worker_timeout=10, worker_threads=1)
    worker.start()
    try:
        note.send()
        broker.join(JOBS, timeout=10_000)
    finally:
        worker.stop()
    ((loop, thread),) = found
    assert isinstance(loop, uvloop.Loop)
    assert thread is not None
    assert thread.loop is loop
    assert thread.interrupt_check_ival == INTERRUPT_CHECK_SECONDS


def test_a_worker_takes_no_more_jobs_ahead_than_it_may(broker: NotingBroker) -> None:
    broker.declare_queue(JOBS)
    worker = Worker(broker, worker_timeout=10, worker_threads=1)
    limit_prefetch(worker, 7)
    worker.start()
    worker.stop()
    assert broker.prefetched[JOBS] == 7
