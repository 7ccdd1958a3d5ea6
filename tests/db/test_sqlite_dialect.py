"""What is used of SQLAlchemy beyond its documents does what its names say; an upgrade that breaks it fails here."""

import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import CursorResult, make_url, text
from sqlalchemy.exc import AwaitRequired
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from chatapp.db.sqlite_dialect import InlineConnection, inline


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An engine for a file of its own."""
    made = create_async_engine(inline(f"sqlite:///{tmp_path / 'of_a_test.sqlite3'}"))
    yield made
    await made.dispose()


async def test_statements_run_in_the_thread_of_the_loop(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as db:
        raw = (await (await db.connection()).get_raw_connection()).driver_connection
        assert isinstance(raw, InlineConnection)
        threads: list[int] = []
        raw.create_function("note", 0, lambda: threads.append(threading.get_ident()))
        await db.execute(text("SELECT note()"))
        assert threads == [threading.get_ident()]


async def test_a_session_writes_and_reads_and_is_told_how_many_rows_changed(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as db:
        await db.execute(text("CREATE TABLE numbers (number INTEGER)"))
        await db.execute(text("INSERT INTO numbers VALUES (1), (2)"))
        changed = await db.execute(text("UPDATE numbers SET number = number + 1"))
        assert isinstance(changed, CursorResult)
        assert changed.rowcount == 2
        assert (await db.execute(text("SELECT number FROM numbers"))).scalars().all() == [2, 3]
        assert [row.number async for row in await db.stream(text("SELECT number FROM numbers"))] == [2, 3]


async def test_a_connection_without_a_session_runs_what_it_is_given_in_one_go(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(AwaitRequired):  # nothing here ever waits, which SQLAlchemy takes for a mistake
            await connection.execute(text("SELECT 1"))
        assert await connection.run_sync(lambda sync: sync.scalar(text("SELECT 1"))) == 1


def test_only_addresses_of_sqlite_are_changed() -> None:
    assert inline("sqlite:///a.sqlite3").drivername == "sqlite+inline"
    assert inline("postgresql+psycopg://ada@box/chat") == make_url("postgresql+psycopg://ada@box/chat")


def test_a_connection_of_the_driver_itself_takes_the_cursor_that_it_is_asked_for() -> None:
    with sqlite3.connect(":memory:", factory=InlineConnection) as connection:
        assert type(connection.cursor(sqlite3.Cursor)) is sqlite3.Cursor
    connection.close()
