"""SQLite inside the event loop: the standard library's driver under SQLAlchemy's asynchronous engine.

aiosqlite hands each call to a thread and takes the result back: 1.5 ms of CPU a statement, where SQLite itself needs
0.01 ms, and a page that opens asks dozens. A statement here blocks the loop for as long as SQLite needs, which is
microseconds to a few milliseconds. What could take longer is waiting for a lock, and nothing waits for one in here:
db/database.py asks for the write lock without blocking, and in WAL mode readers need none.

Sessions take such a dialect, and so does `run_sync`; `AsyncConnection.execute` raises AwaitRequired. What else an
asynchronous dialect needs is not documented: when SQLAlchemy moves, look here first, and at
`sqlalchemy/connectors/asyncio.py`. `tests/db/test_sqlite_dialect.py` tries it.
"""

import sqlite3
from typing import Any

from sqlalchemy import URL, make_url, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class InlineCursor(sqlite3.Cursor):
    """A cursor with the one method that SQLAlchemy's asynchronous results want besides."""

    async def _async_soft_close(self) -> None:
        """Nothing to wait for: the rows are fetched."""


class InlineConnection(sqlite3.Connection):
    """A connection whose cursors are those."""

    def cursor(self, factory: Any = InlineCursor) -> Any:
        """A new cursor."""
        return super().cursor(factory)


class InlineSQLite(SQLiteDialect_pysqlite):
    """SQLAlchemy's own dialect of SQLite, declared asynchronous."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        """A pool whose waiters do not hold up the loop."""
        return pool.AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Where and how to connect."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "factory": InlineConnection}


registry.register("sqlite.inline", __name__, InlineSQLite.__name__)


def inline(url: str) -> URL:
    """The address of the same database, SQLite's through this module."""
    address = make_url(url)
    return address.set(drivername="sqlite+inline") if address.get_backend_name() == "sqlite" else address
