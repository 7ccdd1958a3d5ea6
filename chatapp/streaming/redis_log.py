"""The event log of many processes: one Redis stream per key.

Text is appended under the explicit id `<attempt>-<seq>`, so that Redis itself refuses duplicates and whatever a runner
that lost its claim still sends. Notices take the ids that Redis gives. Everything expires: the database is the truth,
and the log only has to reach back to the last checkpoint.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import ResponseError

from chatapp.errors import Fenced
from chatapp.redis_client import BLOCK_MAX_SECONDS, RedisClient
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Event, Position

TEXT_MAX_ENTRIES = 2_000
"""Entries kept per answer: over a minute at 25 a second; readers need only what came since the last checkpoint."""

FEED_MAX_ENTRIES = 64
"""Notices kept per feed. A reader that misses some looks again anyway."""

TEXT_KEEP_SECONDS = 6 * 3600
"""Longer than any answer may take (30 min)."""

FEED_KEEP_SECONDS = 3600

EXPIRE_EVERY_ENTRIES = 64
"""After so many entries an answer's expiry is set again: a Redis that lost its data has lost that too."""

GATHER_SECONDS_PER_KEY = 0.0002
GATHER_MAX_SECONDS = 0.02
"""Between two reads, so that each brings more when many answers are followed: with 100 keys, 50 reads a second."""


def redis_name(key: str) -> str:
    """What `<kind>:<subject>` is called in Redis. A Redis Cluster keeps all names with the same braces on one server,
    so that one command may read many of them."""
    return f"chatapp:{{0}}:{key}"


class RedisLog:
    """EventLog on Redis Streams. Every call raises RedisUnavailable when Redis does not answer, or refuses to work."""

    is_shared = True

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def begin(self, key: str, attempt: int) -> None:
        """Do nothing: Redis outlives the processes that write to it."""

    async def append(self, key: str, entries: Sequence[Entry]) -> None:
        """Append `entries` in order. Raises Fenced when one is not beyond the last."""
        name = redis_name(key)
        commands: list[tuple[Any, ...]] = [
            ("XADD", name, "MAXLEN", "~", TEXT_MAX_ENTRIES, _id(e.position), *_fields(e.event)) for e in entries
        ]
        if any(e.position.seq % EXPIRE_EVERY_ENTRIES in {0, 1} for e in entries):
            commands.append(("EXPIRE", name, TEXT_KEEP_SECONDS))
        try:
            await self._client.run_all(commands)
        except ResponseError as error:
            raise Fenced() from error

    async def publish(self, key: str, notice: Changed) -> None:
        """Append a notice; Redis chooses its place."""
        name = redis_name(key)
        add = ("XADD", name, "MAXLEN", FEED_MAX_ENTRIES, "*", *_fields(notice))
        await self._client.run_all([add, ("EXPIRE", name, FEED_KEEP_SECONDS)])

    async def last(self, key: str) -> Position:
        """The place of the newest entry; START where there is none."""
        found = await self._client.run("XREVRANGE", redis_name(key), "+", "-", "COUNT", 1)
        return _position(found[0][0]) if found else START

    async def read(self, key: str, after: Position) -> list[Entry]:
        """The entries beyond `after` that are there now, oldest first."""
        return _entries(await self._client.run("XRANGE", redis_name(key), f"({_id(after)}", "+"))

    async def wait(self, cursors: Mapping[str, Position], timeout_seconds: float) -> dict[str, list[Entry]]:
        """Wait until any of the keys holds entries beyond its cursor; returns them, or {} after the timeout."""
        keys = {redis_name(key): key for key in cursors}
        block = ("BLOCK", max(1, int(min(timeout_seconds, BLOCK_MAX_SECONDS) * 1000)))
        command = ("XREAD", "COUNT", TEXT_MAX_ENTRIES, *block, "STREAMS", *keys, *map(_id, cursors.values()))
        found = await self._client.run_blocking(command)
        if found:
            await asyncio.sleep(min(GATHER_MAX_SECONDS, GATHER_SECONDS_PER_KEY * len(keys)))
        return {keys[name]: _entries(raw) for name, raw in found or ()}

    async def expire(self, key: str, seconds: float) -> None:
        """Forget the key after `seconds`."""
        await self._client.run("PEXPIRE", redis_name(key), int(seconds * 1000))

    async def forget_rest(self) -> None:
        """Do nothing: what nobody goes on with expires."""

    async def aclose(self) -> None:
        """Do nothing: the log holds nothing of its own."""


def _id(position: Position) -> str:
    return f"{position.attempt}-{position.seq}"


def _position(entry_id: str) -> Position:
    attempt, _, seq = entry_id.partition("-")
    return Position(int(attempt), int(seq))


def _fields(event: Event) -> tuple[str, ...]:
    if isinstance(event, Delta):
        reasoning = ("reasoning", event.reasoning) if event.reasoning else ()
        marks = (("last", event.is_last), ("turns", event.turns_text))
        return ("text", event.text, *reasoning, *(field for name, is_set in marks if is_set for field in (name, "")))
    if isinstance(event, Changed):
        return ("changed", event.what)
    return ("end", "")


def _entries(raw: Sequence[tuple[str, Mapping[str, str]]]) -> list[Entry]:
    return [Entry(_position(entry_id), _event(fields)) for entry_id, fields in raw]


def _event(fields: Mapping[str, str]) -> Event:
    if "text" in fields:
        return Delta(fields["text"], fields.get("reasoning", ""), "last" in fields, "turns" in fields)
    if "changed" in fields:
        return Changed(fields["changed"])
    return End()
