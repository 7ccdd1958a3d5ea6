"""Event logs of every kind: in memory, and on a real Redis."""

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


@pytest.fixture
def memory_log() -> MemoryLog:
    """An empty log in memory."""
    return MemoryLog()


@pytest.fixture
def redis_log(redis_client: RedisClient) -> RedisLog:
    """An empty log on one Redis."""
    return RedisLog(redis_client)


@pytest.fixture(params=["memory", "redis"])
def event_log(request: pytest.FixtureRequest) -> EventLog:
    """An empty event log of each kind."""
    made: EventLog = request.getfixturevalue(f"{request.param}_log")
    return made
