"""The database: one engine a process, and the two ways to use it.

`reading()` is a snapshot that is thrown away; `writing()` is one transaction that commits at its end or not at all.
No other module commits. SQLite takes its write lock at the start of a writing transaction (`BEGIN IMMEDIATE`): a
transaction that reads first and upgrades later fails at once with "database is locked" when two meet.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.errors import ChatappError

BUSY_TIMEOUT_MS = 15_000
"""How long SQLite waits for another writer; longer than any transaction of ours, shorter than a lease (30 s)."""

_engine: AsyncEngine | None = None


def configure(url: str) -> AsyncEngine:
    """Make the engine of this process for `url`; returns it so that its owner can dispose of it."""
    global _engine  # noqa: PLW0603 - one engine a process is the point of this module
    _engine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if _engine.dialect.name == "sqlite":
        event.listen(_engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(_engine.sync_engine, "begin", _begin_sqlite)
    return _engine


def engine() -> AsyncEngine:
    """The engine of this process. Raises ChatappError before `configure`."""
    if _engine is None:
        raise ChatappError("The database was used before it was configured.")
    return _engine


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for queries; whatever it changed is rolled back."""
    async with AsyncSession(engine(), expire_on_commit=False, autoflush=False) as db:
        yield db


@asynccontextmanager
async def writing() -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    writer = engine().execution_options(chatapp_writes=True)
    async with AsyncSession(writer, expire_on_commit=False) as db:
        yield db
        await db.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("chatapp_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
