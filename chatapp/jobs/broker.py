"""Dramatiq over Redis, set up so that a job whose worker was killed is delivered again within seconds.

Dramatiq's defaults need twelve minutes for that on average. Its retries are left out: what becomes of an answer that
failed is decided by the lifecycle of generations, and an id that is delivered twice is claimed once.
"""

import logging

import redis
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware
from redis.backoff import NoBackoff
from redis.retry import Retry

NAMESPACE = "chatapp:queue"
GENERATIONS = "generations"
JOBS = "jobs"

HEARTBEAT_TIMEOUT_MS = 10_000
"""After this much silence a worker counts as dead, and its jobs go back to their queue. A worker whose loop is held up
for less keeps them; one that loses them by mistake loses nothing, because only one claim wins."""

MAINTENANCE_ALWAYS = 1_000_000
"""Look for dead workers with every command: a million of a million."""

POLL_MS = 100
"""Longest time between two looks at an empty queue: what a question waits at most before a worker has it."""

SOCKET_SECONDS = 5.0
CONNECT_SECONDS = 2.0


class LowLatencyBroker(RedisBroker):
    """A broker whose idle consumers look often, without its worker threads waking as often."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = POLL_MS) -> Consumer:
        """A consumer of one queue; what Dramatiq has beside each for delayed jobs is looked at `timeout` ms apart.

        We delay none: looking there as often was a third of what an idle worker did.
        """
        is_of_jobs = queue_name in {GENERATIONS, JOBS}
        return super().consume(queue_name, prefetch, min(timeout, POLL_MS) if is_of_jobs else timeout)


def make(redis_url: str, *middleware: Middleware) -> LowLatencyBroker:
    """A broker on this Redis. It asks nothing of Redis yet."""
    logging.getLogger("dramatiq").setLevel(logging.WARNING)
    client = redis.Redis.from_url(
        redis_url,
        socket_timeout=SOCKET_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
    )
    return LowLatencyBroker(  # type: ignore[no-untyped-call]
        client=client,
        namespace=NAMESPACE,
        middleware=list(middleware),
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        maintenance_chance=MAINTENANCE_ALWAYS,
    )
