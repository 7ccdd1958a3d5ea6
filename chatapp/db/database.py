"""The database of this process, and the two ways to use it.

`reading()` changes nothing, and each of its statements sees its own moment; `writing()` is one transaction that commits
at its end or not at all. No other module commits. SQLite takes its write lock at the start of a transaction (`BEGIN
IMMEDIATE`): when two transactions that read first and write later meet, one fails at once with "database is locked".
While PostgreSQL restarts, connecting is retried, so that people see a delay and no error.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from psycopg.errors import DiskFull
from psycopg.types.string import StrDumper
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.db.sqlite_dialect import inline
from chatapp.errors import DatabaseUnavailable
from chatapp.log import get_logger

log = get_logger(__name__)

BEGIN = "BEGIN IMMEDIATE"

LOCK_SECONDS = 15
"""How long a writer waits for another process's: longer than any transaction of ours, shorter than a lease (30 s)."""

LOCK_POLL_SECONDS = 0.005
"""Between two attempts to get the write lock of a SQLite file; the event loop goes on in between."""

BUSY_TIMEOUT_MS = 100
"""How long SQLite itself may hold up the event loop, in the rare moments when a reader or a commit needs a lock too."""

RESTART_SECONDS = 10
"""How long connecting to PostgreSQL is retried: a server that restarts is back by then."""

RESTART_POLL_SECONDS = 0.2

PING_AFTER_SECONDS = 1.0
"""A connection that was idle for longer than this is checked before it is used: no server restarts faster."""

CONNECT_SECONDS = 5

VANISHED = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""How soon a connection is given up whose other end no longer says that it is there: after about ten seconds (libpq's
last one is in milliseconds). By itself TCP has people wait a quarter of an hour for the answer of a machine that died,
or whose connection a firewall has forgotten."""

FROZEN_SECONDS = 10
"""After so long PostgreSQL ends a transaction that does nothing, and releases its locks. Our transactions wait only for
the database, so the process must be frozen, and the reaper could not end its answers while they are locked."""

TRIES = 3
"""For a transaction that the database rolled back because of another one, or whose connection was cut."""

ROLLED_BACK_STATES = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization_failure and deadlock_detected: nothing was done, and another try may succeed."""

NO_LIMIT = -1
"""On connections to a SQLite file: opening one is faster than waiting for one, and two are rarely in use at once."""

UNAVAILABLE = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
"""What is raised while the database does not answer, has no connection to give, or has no use for the one we have:
psycopg's internal errors are those of a transaction that idled for too long and of a server that only reads now."""

P = ParamSpec("P")
R = TypeVar("R")

_engine: AsyncEngine | None = None
_reader: AsyncEngine | None = None
_writers = asyncio.Lock()


def configure(url: str, pool_size: int = 10) -> AsyncEngine:
    """Make the engines of this process for `url`; returns the one for writing. `close` disposes of both.

    To PostgreSQL at most `pool_size` connections are opened for writing and as many for reading; whoever needs one
    while all are in use waits for it. To a SQLite file there is no limit, and so many are kept open.
    """
    global _engine, _reader, _writers  # noqa: PLW0603 - one engine per process is the point of this module
    _writers = asyncio.Lock()
    where = inline(url)
    if where.get_backend_name() == "sqlite":
        _engine = _make_sqlite(where, pool_size, "query_only=OFF")
        event.listen(_engine.sync_engine, "begin", _begin_sqlite)
        _reader = _make_sqlite(where, pool_size, "query_only=ON", isolation_level="AUTOCOMMIT")
    else:
        _engine = _make_postgres(where, pool_size, f"-c idle_in_transaction_session_timeout={FROZEN_SECONDS}s")
        # Each statement is one round trip, as on SQLite: no BEGIN before it and no ROLLBACK after it.
        _reader = _make_postgres(where, pool_size, "-c default_transaction_read_only=on", isolation_level="AUTOCOMMIT")
    return _engine


async def close() -> None:
    """Close every connection."""
    for made in {engine(), _reader}:
        if made:
            await made.dispose()


def engine() -> AsyncEngine:
    """The engine of this process for writing. Raises RuntimeError before `configure`."""
    if _engine is None:
        raise RuntimeError("The database was used before it was configured.")
    return _engine


async def ping() -> None:
    """Ask the database whether it answers. Raises SQLAlchemyError or OSError when it does not."""
    async with reading_connection() as connection:
        await connection.run_sync(lambda sync: sync.exec_driver_sql("SELECT 1"))


@asynccontextmanager
async def reading_connection() -> AsyncIterator[AsyncConnection]:
    """A connection for queries without a session. Connecting is not retried; raises like `ping`."""
    engine()
    assert _reader is not None
    async with _reader.connect() as connection:
        yield connection


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for queries; the database refuses changes. Raises one of UNAVAILABLE when it is down."""
    engine()
    assert _reader is not None
    async with _closing(await _open(_reader)) as db:
        yield db


@asynccontextmanager
async def writing() -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises. Raises as `reading` does."""
    # Writers of this process to a SQLite file queue here instead of asking for its lock over and over.
    turn = _writers if engine().dialect.name == "sqlite" else nullcontext()
    async with turn, _closing(await _open(engine())) as db:
        yield db
        await db.commit()


def retries(service: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Repeat a whole service when the database rolled its transaction back or the connection was cut.

    Only for services that can be repeated: when the connection is cut at COMMIT, nobody knows whether it counted.
    The wrapped service raises DatabaseUnavailable when the database stays down.
    """

    @wraps(service)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for is_last in (False,) * (TRIES - 1) + (True,):
            try:
                return await service(*args, **kwargs)
            except (DBAPIError, *UNAVAILABLE) as error:
                if not is_last and _may_try_again(error):
                    continue
                if isinstance(error, UNAVAILABLE):
                    log.exception("database_away")
                    raise DatabaseUnavailable("disk_full" if _is_disk_full(error) else "database_away") from error
                raise
        raise AssertionError  # the last try returns or raises

    return wrapped


def _is_disk_full(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    on_sqlite = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_FULL
    return on_sqlite or isinstance(cause, DiskFull)


def _may_try_again(error: Exception) -> bool:
    was_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return was_cut or getattr(getattr(error, "orig", None), "sqlstate", None) in ROLLED_BACK_STATES


async def _open(bind: AsyncEngine) -> AsyncSession:
    """A session that has its connection, and on SQLite the write lock if it is for writing.

    Getting those is all that may have to be waited for: until PostgreSQL has restarted, or another process has
    committed.
    """
    is_sqlite = bind.dialect.name == "sqlite"
    give_up_at = time.monotonic() + (LOCK_SECONDS if is_sqlite else RESTART_SECONDS)
    while True:
        db = AsyncSession(bind, expire_on_commit=False)
        try:
            await db.connection()
        except OperationalError as error:
            await db.close()
            if time.monotonic() > give_up_at or (is_sqlite and not _is_busy(error)):
                raise
        except BaseException:
            await db.close()
            raise
        else:
            return db
        await asyncio.sleep(LOCK_POLL_SECONDS if is_sqlite else RESTART_POLL_SECONDS)


def _closing(db: AsyncSession) -> AbstractAsyncContextManager[AsyncSession]:
    """A session closes itself in a task that no cancellation reaches. On SQLite closing never waits and needs none:
    there the next writer would wait until every other task of the event loop has run."""
    return aclosing(db) if db.get_bind().dialect.name == "sqlite" else db


def _make_sqlite(url: URL, pool_size: int, access: str, **more: Any) -> AsyncEngine:
    created = create_async_engine(url, pool_size=pool_size, max_overflow=NO_LIMIT, hide_parameters=True, **more)
    event.listen(created.sync_engine, "connect", partial(_prepare_sqlite, access))
    return created


def _make_postgres(url: URL, pool_size: int, options: str, **more: Any) -> AsyncEngine:
    arguments = {"connect_timeout": CONNECT_SECONDS, "options": options, **VANISHED}
    created = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, connect_args=arguments, hide_parameters=True, **more
    )
    event.listen(created.sync_engine, "connect", _prepare_postgres)
    event.listen(created.sync_engine, "checkin", _note_use)
    event.listen(created.sync_engine, "checkout", partial(_ping_idle, created.dialect))
    return created


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_idle(dialect: Any, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Notice a connection that was cut while it lay in the pool; asking each time would double the round trips."""
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < PING_AFTER_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        raise InvalidatePoolError from error


class WithoutNul(StrDumper):
    """Sends text without NUL, which PostgreSQL cannot store; so no stored text could match one in a query either."""

    def dump(self, text: str) -> Any:
        """The text as PostgreSQL takes it."""
        return super().dump(text.replace("\0", ""))


def _prepare_postgres(connection: Any, _record: object) -> None:
    connection.driver_connection.adapters.register_dumper(str, WithoutNul)


def _prepare_sqlite(access: str, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    lasting = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", *lasting, access):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN)


def _is_busy(error: BaseException) -> bool:
    """Whether another process's transaction is in the way."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return bool(code & 0xFF == sqlite3.SQLITE_BUSY)  # the lower byte is the code, the rest detail
