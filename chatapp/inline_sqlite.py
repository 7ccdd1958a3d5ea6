"""SQLite inside the event loop: the standard library's driver under SQLAlchemy's asynchronous sessions.

aiosqlite hands each call to a thread and takes the result back: 1.5 ms of CPU a statement, where SQLite itself needs
0.01 ms, and a page that opens asks dozens. A statement here blocks the loop for as long as SQLite needs, which is
microseconds to a few milliseconds. What could take longer is waiting for a lock, and nothing waits for one in here:
database.py asks for the write lock without blocking, and in WAL mode readers need none.

As nothing waits, nothing needs the greenlets in which SQLAlchemy runs what may have to: they were half of what a
statement costs.
"""

import sqlite3
from functools import cached_property
from typing import Any, Self

from sqlalchemy import URL, Connection, make_url, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from chatapp.prepared_sqlite import Statements, as_sqlalchemy


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

    @cached_property
    def statements(self) -> Statements:
        """What was prepared for the driver."""
        return Statements(self)

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        """A pool whose waiters do not hold up the loop."""
        return pool.AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Where and how to connect."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "factory": InlineConnection}


class InlineSession(AsyncSession):
    """An asynchronous session that does its work at once. What it does rarely takes the usual way.

    Statements on tables that are made once go straight to the driver, whose transaction is the session's: what
    SQLAlchemy does around them takes many times as long as they do. Everything else works in the same transaction, and
    a session for entities is made when something first has to do with them. When somebody listens to what SQLAlchemy
    executes, SQLAlchemy executes everything.
    """

    def __init__(self, connection: Connection) -> None:
        """Work on `connection`. It is closed with this session."""
        self._connection = connection  # and no super().__init__(), which would make the session for entities
        self._dialect: InlineSQLite = connection.dialect  # type: ignore[assignment]
        self._driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        self._is_watched = bool(connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute)

    @classmethod
    async def open(cls, engine: AsyncEngine, begin: str = "") -> Self:
        """Take a connection and run `begin` on it. Raises OperationalError when the file is locked."""
        kept: Any = engine.pool
        # SQLAlchemy opens connections of asynchronous engines in a greenlet only.
        connection = engine.sync_engine.connect() if kept.checkedin() else (await engine.connect()).sync_connection
        assert connection is not None
        db = cls(connection)
        try:
            db._begin(begin)
        except BaseException:
            connection.close()
            raise
        return db

    def _begin(self, statement: str) -> None:
        if self._is_watched:
            self._connection.begin()
        elif statement:
            self._tell_driver(statement)

    def _tell_driver(self, statement: str) -> None:
        try:
            self._driver.execute(statement)
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, statement, self._dialect) from error

    def __getattr__(self, name: str) -> Any:
        """Make the session for entities when something first uses it, under one of AsyncSession's two names for it."""
        if name not in {"sync_session", "_proxied"}:
            raise AttributeError(name)
        if not self._connection.in_transaction():
            self._connection.begin()
        self.sync_session = self._proxied = Session(self._connection, expire_on_commit=False)
        return self.sync_session

    @property
    def _has_entities(self) -> bool:
        return "sync_session" in vars(self)

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        """The connection."""
        return self._connection

    async def exec(self, statement: Any, *, params: Any = None, **options: Any) -> Any:
        """Run a statement; as in every session of SQLModel, its `select` of one column brings values and not rows."""
        # There is no public way to tell a statement on entities from one on tables.
        if self._has_entities or options or statement._propagate_attrs.get("compile_state_plugin") == "orm":
            return self.sync_session.exec(statement, params=params, **options)
        result = self._run(statement, params)
        return result.scalars() if isinstance(statement, SelectOfScalar) else result

    def _run(self, statement: Any, params: Any) -> Any:
        prepared = None if self._is_watched else self._dialect.statements.find(statement, params or {})
        if prepared is None:
            return self._connection.execute(statement, params)
        return prepared.run(self._driver, params or {})

    async def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row with this primary key, or None."""
        return self.sync_session.get(entity, ident, **options)

    async def flush(self, objects: Any = None) -> None:
        """Write what is new."""
        if self._has_entities:
            self.sync_session.flush(objects)

    async def commit(self) -> None:
        """Write what is new, and commit."""
        await self.flush()
        if self._connection.in_transaction():
            self._connection.commit()
        else:
            self._tell_driver("COMMIT")

    async def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._has_entities:
            self.sync_session.close()
        self._connection.close()


registry.register("sqlite.inline", __name__, InlineSQLite.__name__)


def inline(url: str) -> URL:
    """The address of the same database, SQLite's through this module."""
    made = make_url(url)
    return made.set(drivername="sqlite+inline") if made.get_backend_name() == "sqlite" else made
