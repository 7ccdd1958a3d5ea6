"""Event logs of every kind: in memory, on a real Redis, and in shards on a real Redis Cluster."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chatapp.redis_client import RedisClient
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.memory_log import MemoryLog
from chatapp.streaming.redis_log import RedisLog
from tests.services.redis_server import ClusterServer, RedisServer

SHARDS_OF_CLUSTER = 4
"""Several, so that the keys of a test lie in different ones."""


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


@pytest.fixture(scope="session")
def cluster_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterServer]:
    """A real Redis Cluster that all tests share."""
    server = ClusterServer(tmp_path_factory.mktemp("cluster"))
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def cluster_client(cluster_server: ClusterServer) -> AsyncIterator[RedisClient]:
    """A client of an empty Redis Cluster."""
    cluster_server.flush()
    made = RedisClient(cluster_server.url)
    yield made
    await made.aclose()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[ClusterServer]:
    """A Redis Cluster that the test may kill."""
    server = ClusterServer(tmp_path / "cluster")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def memory_log() -> MemoryLog:
    """An empty log in memory."""
    return MemoryLog()


@pytest.fixture
def redis_log(redis_client: RedisClient) -> RedisLog:
    """An empty log on one Redis."""
    return RedisLog(redis_client)


@pytest.fixture
def cluster_log(cluster_client: RedisClient) -> RedisLog:
    """An empty log on a Redis Cluster, in several shards."""
    return RedisLog(cluster_client, shards=SHARDS_OF_CLUSTER)


@pytest.fixture(params=["memory", "redis", "cluster"])
def event_log(request: pytest.FixtureRequest) -> EventLog:
    """An empty event log of each kind."""
    made: EventLog = request.getfixturevalue(f"{request.param}_log")
    return made
