"""Talking to Redis: everything that one process asks in one turn of its loop goes out as one pipeline.

Commands run in a task of their own, so that whoever waits for an answer may be cancelled without leaving a connection
in the middle of one: the next to use it would read the answer of a stranger (ChatGPT, 2023-03-20). Nothing is retried
here: the outcome of a command whose connection broke is unknown, and only the caller knows whether it may run twice.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from chatapp import metrics
from chatapp.errors import RedisUnavailable
from chatapp.log import get_logger

log = get_logger(__name__)

CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 5.0
"""A command takes well under a millisecond. But our own loop may be held up for a second or two when many ask at once,
and a timer that is late fires before the answer that is there is read."""

REST_SECONDS = 0.25
"""How long a server that was not there is left alone: else a frozen one would hold up each writer at each append."""

BLOCK_MAX_SECONDS = 2.0
BLOCK_MARGIN_SECONDS = 2.0
"""How much longer than the longest blocking read its connection waits for the answer: together that is how long a
server that has frozen goes unnoticed."""

BATCH_MAX_COMMANDS = 500
"""In one pipeline, so that no answer waits for more than a few milliseconds' worth of others."""

BROKEN = (RedisConnectionError, RedisTimeoutError, OSError, RuntimeError)
"""What a connection raises that is not there or has gone; uvloop raises RuntimeError for one that is closed."""

ID_TAKEN = "equal or smaller"
"""Part of the one error that concerns the command itself: the stream has this id, or a later one. Any other error means
that the server cannot work now: its disk or memory is full, part of its cluster is missing, or it is a replica now."""

Command = tuple[Any, ...]
Waiting = tuple[Command, "asyncio.Future[Any]"]


class RedisClient:
    """The connections of one process to one Redis."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = _connect(url, COMMAND_SECONDS)
        self._blocking: Redis | None = None
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    async def run(self, *command: Any) -> Any:
        """The answer to one command. Raises RedisUnavailable, and ResponseError for an id that is taken."""
        return (await self.run_all([command]))[0]

    async def run_all(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to `commands`, which run in this order, possibly with others' in between. Raises as `run`."""
        loop = asyncio.get_running_loop()
        waiting: list[Waiting] = [(command, loop.create_future()) for command in commands]
        self._waiting += waiting
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send(), name="redis")
        answers = await asyncio.gather(*(answer for _, answer in waiting), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return answers

    async def run_blocking(self, command: Command) -> Any:
        """The answer to a command that blocks for up to BLOCK_MAX_SECONDS, on a connection that nothing else uses.

        One at a time. When it is cancelled the connection is closed with it. Raises RedisUnavailable.
        """
        if self._blocking is None:
            self._blocking = _connect(
                self._url, BLOCK_MAX_SECONDS + BLOCK_MARGIN_SECONDS, single_connection_client=True
            )
        try:
            return await self._blocking.execute_command(*command)  # type: ignore[no-untyped-call]
        except (*BROKEN, ResponseError) as error:
            await self._close_blocking()
            raise _translated(error) from error
        except asyncio.CancelledError:
            await self._close_blocking()
            raise

    async def aclose(self) -> None:
        """Close every connection, after what is under way."""
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._close_blocking()
        await self._pool.aclose()

    async def _send(self) -> None:
        """Send what has gathered, until nothing has."""
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH_MAX_COMMANDS], self._waiting[BATCH_MAX_COMMANDS:]
            for (_, future), answer in zip(batch, await self._answers([c for c, _ in batch]), strict=True):
                if future.done():  # whoever asked has gone
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(_translated(answer))
                else:
                    future.set_result(answer)

    async def _answers(self, commands: Sequence[Command]) -> Sequence[Any]:
        if time.monotonic() < self._rests_until:
            return [RedisUnavailable() for _ in commands]
        try:
            async with self._pool.pipeline(transaction=False) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)
                return await pipeline.execute(raise_on_error=False)
        except Exception as error:  # of any kind: whoever waits for an answer must get one
            self._rests_until = time.monotonic() + REST_SECONDS
            return [_translated(error) for _ in commands]

    async def _close_blocking(self) -> None:
        closing, self._blocking = self._blocking, None
        if closing:
            await asyncio.gather(closing.aclose(), return_exceptions=True)


def _translated(error: Exception) -> Exception:
    """One error each: an exception that several tasks raise would collect all their tracebacks."""
    if isinstance(error, ResponseError):
        if ID_TAKEN in str(error):
            return error
        log.warning("redis_refused", error=str(error).partition(" ")[0])  # the rest may quote what people wrote
    metrics.redis_failed()
    away = RedisUnavailable()
    away.__cause__ = error
    return away


def _connect(url: str, socket_seconds: float, **options: Any) -> Redis:
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=socket_seconds,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        **options,
    )
