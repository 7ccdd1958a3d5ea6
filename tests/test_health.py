"""What a supervisor is told: that the process lives, and whether it can serve, with what is missing."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from chatapp import health
from chatapp.db import database
from chatapp.settings import Settings

READY = {"database": True, "migrations": True}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who asks the routes of health over HTTP."""
    transport = httpx2.ASGITransport(app=Starlette(routes=health.ROUTES))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
        yield made


@pytest_asyncio.fixture
async def lost(tmp_path: Path) -> AsyncIterator[None]:
    """A database whose folder is gone."""
    engine = database.configure(f"sqlite+aiosqlite:///{tmp_path / 'unmounted' / 'chatapp.db'}")
    yield
    await engine.dispose()


@pytest.mark.usefixtures("migrated")
async def test_a_migrated_process_lives_and_is_ready(client: httpx2.AsyncClient) -> None:
    live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "checks": READY})


@pytest.mark.usefixtures("lost")
async def test_without_its_database_it_lives_and_is_not_ready(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "checks": {"database": False, "migrations": False}}


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '9999'", "DROP TABLE alembic_version"])
async def test_at_another_revision_it_is_not_ready_and_says_so(
    migrated: Settings, client: httpx2.AsyncClient, change: str
) -> None:
    async with database.engine().begin() as connection:
        await connection.run_sync(lambda sync: sync.exec_driver_sql(change))
    ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "checks": READY | {"migrations": False}}


async def test_it_becomes_ready_again_when_the_database_is_back(migrated: Settings, client: httpx2.AsyncClient) -> None:
    moved = migrated.data_dir.rename(migrated.data_dir.with_name("elsewhere"))
    await database.engine().dispose()
    assert (await client.get("/health/ready")).status_code == 503
    moved.rename(migrated.data_dir)
    assert (await client.get("/health/ready")).status_code == 200
