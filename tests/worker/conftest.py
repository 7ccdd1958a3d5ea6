"""A team deployment in small: this test as the web process, a real Redis, and real workers."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chatapp import limits
from chatapp.accounts.principal import Principal
from chatapp.process import running
from chatapp.settings import Settings
from tests.conftest import ScriptedModel, add_person
from tests.services.redis_server import RedisServer
from tests.services.worker_process import WorkerProcess

StartWorker = Callable[[], WorkerProcess]


@pytest.fixture
def team(placed: Settings, model: ScriptedModel, own_redis: RedisServer) -> Iterator[Settings]:
    """Settings of processes that share one database, one Redis and the scripted model; short timers."""
    yield placed.model_copy(
        update={
            "redis_url": own_redis.url,
            "openai_base_url": model.server.base_url,
            "lease_seconds": 5.0,
            "heartbeat_seconds": 0.5,
            "reaper_seconds": 0.5,
            "drain_seconds": 2.0,
            "worker_threads": 16,
            "auto_title": False,
        }
    )
    limits.use("")


@pytest_asyncio.fixture
async def web(team: Settings) -> AsyncIterator[Settings]:
    """The services of a web process, in this very process."""
    async with running(team):
        yield team


@pytest_asyncio.fixture
async def ada(web: Settings) -> Principal:
    """A person."""
    return await add_person("ada")


@pytest.fixture
def start_worker(team: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts workers, which end with the test."""
    started: list[WorkerProcess] = []

    def start() -> WorkerProcess:
        worker = WorkerProcess(team, tmp_path / f"worker-{len(started)}.log")
        started.append(worker)
        worker.start()
        return worker

    yield start
    for worker in started:
        worker.kill()
