"""Event logs of both kinds, on a real Redis where one is meant."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.redis_client import RedisClient
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.memory_log import MemoryLog
from chatapp.streaming.redis_log import RedisLog
from tests.services.redis_server import RedisServer


@pytest.fixture
def empty_redis(redis_server: RedisServer) -> RedisServer:
    """A Redis that holds nothing."""
    redis_server.flush()
    return redis_server


@pytest_asyncio.fixture
async def redis_client(empty_redis: RedisServer) -> AsyncIterator[RedisClient]:
    """A client of an empty Redis."""
    made = RedisClient(empty_redis.url)
    yield made
    await made.aclose()


@pytest_asyncio.fixture(params=["memory", "redis"])
async def event_log(request: pytest.FixtureRequest) -> AsyncIterator[EventLog]:
    """An empty event log of each kind."""
    if request.param == "memory":
        yield MemoryLog()
        return
    client = RedisClient(request.getfixturevalue("empty_redis").url)
    yield RedisLog(client)
    await client.aclose()
