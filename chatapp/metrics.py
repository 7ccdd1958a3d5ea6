"""What is counted and timed, for a Prometheus server to collect: figures of this process alone, since it started.

Each function is one line in the code that it watches; none of them can fail or wait. Labels hold a few fixed words,
never an id, a name or a model: each value of a label is a series that the monitoring keeps for ever.
"""

import threading
from contextlib import AbstractContextManager
from wsgiref.simple_server import WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest, start_http_server

CONTENT_TYPE = CONTENT_TYPE_LATEST
LOOPBACK = "127.0.0.1"

FIRST_PART_BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
"""Up to the default of CHATAPP_FIRST_PART_TIMEOUT_SECONDS: a local server may load its model first."""

LAG_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)
"""Around the gathering of text (60 ms) and the promise to a reader (1 s)."""

GENERATIONS = Counter("chatapp_generations", "Answers that ended in this process, by their final state", ["status"])
FIRST_PART = Histogram(
    "chatapp_first_part_seconds", "From asking the model to the first part", buckets=FIRST_PART_BUCKETS_SECONDS
)
TOKENS = Counter("chatapp_tokens", "Tokens as reported by the model's server, by kind", ["kind"])
QUEUE_DEPTH = Gauge("chatapp_queue_depth", "Answers that wait for somebody to write them, in the whole installation")
FOLLOWERS = Gauge("chatapp_followers", "Open pages that this process keeps up to date")
FLUSHES = Counter("chatapp_flushes", "Updates of a growing answer that were given to a page")
LAG = Histogram(
    "chatapp_part_lag_seconds",
    "How old text is: at 'log' since its part came from the model, at 'flush' since it reached this process",
    ["stage"],
    buckets=LAG_BUCKETS_SECONDS,
)
LOG_LAG, FLUSH_LAG = LAG.labels("log"), LAG.labels("flush")  # looked up once: this is counted for each entry
CHECKPOINT = Histogram("chatapp_checkpoint_seconds", "Storing new text in the database", buckets=LAG_BUCKETS_SECONDS)
REDIS_ERRORS = Counter("chatapp_redis_errors", "Commands that Redis did not answer")
DATABASE_ERRORS = Counter("chatapp_database_errors", "Statements that failed because the database was down or busy")


def generation_ended(status: str, prompt_tokens: int | None = None, completion_tokens: int | None = None) -> None:
    """Count an answer that has become final, and what it has cost as far as the model's server said."""
    GENERATIONS.labels(status).inc()
    TOKENS.labels("prompt").inc(prompt_tokens or 0)
    TOKENS.labels("completion").inc(completion_tokens or 0)


def first_part(seconds: float) -> None:
    """The model has begun to answer, so long after it was asked."""
    FIRST_PART.observe(seconds)


def queue_depth(waiting: int) -> None:
    """So many generations are queued now."""
    QUEUE_DEPTH.set(waiting)


def following() -> AbstractContextManager[object]:
    """Count an open page for as long as the block of this context lasts."""
    return FOLLOWERS.track_inprogress()


def logged(lag_seconds: float) -> None:
    """Text has reached the event log, so long after its oldest part came from the model."""
    LOG_LAG.observe(lag_seconds)


def flushed(lag_seconds: float) -> None:
    """A page was given new text, so long after the oldest of it reached this process."""
    FLUSHES.inc()
    FLUSH_LAG.observe(lag_seconds)


def checkpoint() -> AbstractContextManager[object]:
    """Time a checkpoint: the block of this context."""
    return CHECKPOINT.time()


def redis_failed() -> None:
    """Redis did not answer."""
    REDIS_ERRORS.inc()


def database_failed() -> None:
    """The database did not answer, or was busy for too long."""
    DATABASE_ERRORS.inc()


def text() -> bytes:
    """Everything above, with figures of the process itself, in the format that Prometheus reads (CONTENT_TYPE)."""
    return generate_latest()


def serve(port: int) -> tuple[WSGIServer, threading.Thread] | None:
    """Offer the figures of a process that serves nothing else, on loopback; None when `port` is 0: off.

    Ends with `server.shutdown()`, or with the process. Raises OSError when the port is taken.
    """
    return start_http_server(port, addr=LOOPBACK) if port else None
