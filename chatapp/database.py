"""The database: one engine a process, and the two ways to use it.

`reading()` asks and changes nothing, each statement at its own moment; `writing()` is one transaction that commits at
its end or not at all. No other module commits. SQLite takes its write lock at the start of a transaction (`BEGIN
IMMEDIATE`): one that reads first and upgrades later fails at once with "database is locked" when two meet. A PostgreSQL
that restarts is waited for, so that people see a delay and no error.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from psycopg.types.string import StrDumper
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.errors import ChatappError, DatabaseAway
from chatapp.inline_sqlite import InlineSession, inline
from chatapp.log import get_logger

log = get_logger(__name__)

LOCK_SECONDS = 15
"""How long a writer waits for another process's; longer than any transaction of ours, shorter than a lease (30 s)."""

LOCK_POLL_SECONDS = 0.005
"""Between two tries to get the write lock of a SQLite file; the event loop goes on in between."""

BUSY_TIMEOUT_MS = 100
"""How long SQLite itself may hold up the event loop, in the rare moments when a reader or a commit needs a lock too."""

RESTART_SECONDS = 10
"""How long a connection to PostgreSQL is tried for: a server that restarts is back within that."""

RESTART_POLL_SECONDS = 0.2

PING_AFTER_SECONDS = 1.0
"""How long a connection may have been idle before it is asked whether it is still there: no server restarts faster."""

CONNECT_SECONDS = 5

VANISHED = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""How soon a connection is given up whose other end no longer says that it is there: after about ten seconds (libpq's
last one is in milliseconds). By itself TCP has people wait a quarter of an hour for the answer of a machine that died,
or whose connection a firewall has forgotten."""

FROZEN_SECONDS = 10
"""How long PostgreSQL leaves its locks to a transaction that does nothing: its process is frozen, and the reaper could
not end its answers. No transaction of ours waits for anything but the database."""

TRIES = 3
"""For a transaction that the database took back because it met another one, or because the connection was cut."""

ROLLED_BACK_STATES = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization_failure and deadlock_detected: nothing was done, and the same may work now."""

NO_LIMIT = -1
"""Of connections to a SQLite file: to wait for one would take longer than to open it, and seldom are two in use."""

AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
"""What is raised while the database does not answer, has no connection to give, or has no use for the one we have:
psycopg's internal errors are those of a transaction that idled for too long and of a server that only reads now."""

P = ParamSpec("P")
R = TypeVar("R")

_engine: AsyncEngine | None = None
_reader: AsyncEngine | None = None
_writers = asyncio.Lock()


def configure(url: str, pool_size: int = 10) -> AsyncEngine:
    """Make the engine of this process for `url`; returns it so that its owner can dispose of it with `close`.

    At most `pool_size` connections to PostgreSQL are made for writing and as many for reading; whoever needs one while
    all are in use waits for it. Of those to a SQLite file so many are kept.
    """
    global _engine, _reader, _writers  # noqa: PLW0603 - one engine a process is the point of this module
    _writers = asyncio.Lock()
    made = inline(url)
    if made.get_backend_name() == "sqlite":
        _engine = _make_sqlite(made, pool_size, "query_only=OFF")
        event.listen(_engine.sync_engine, "begin", _begin_sqlite)
        _reader = _make_sqlite(made, pool_size, "query_only=ON", isolation_level="AUTOCOMMIT")
    else:
        _engine = _make_postgres(made, pool_size, f"-c idle_in_transaction_session_timeout={FROZEN_SECONDS}s")
        # One statement is one way there and back, also on SQLite: no BEGIN before it, no ROLLBACK behind it.
        _reader = _make_postgres(made, pool_size, "-c default_transaction_read_only=on", isolation_level="AUTOCOMMIT")
    return _engine


async def close() -> None:
    """Close every connection."""
    for made in {engine(), _reader}:
        if made:
            await made.dispose()


def engine() -> AsyncEngine:
    """The engine of this process. Raises ChatappError before `configure`."""
    if _engine is None:
        raise ChatappError("The database was used before it was configured.")
    return _engine


async def ping() -> None:
    """Ask the database for nothing. Raises SQLAlchemyError or OSError when it does not answer."""
    async with reading_connection() as connection:
        await connection.run_sync(lambda sync: sync.exec_driver_sql("SELECT 1"))


@asynccontextmanager
async def reading_connection() -> AsyncIterator[AsyncConnection]:
    """A connection for what is asked without a session, and without patience. Raises like `ping`."""
    engine()
    assert _reader is not None
    async with _reader.connect() as connection:
        yield connection


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for queries; the database refuses whatever would change it."""
    engine()
    assert _reader is not None
    async with _closed_at_its_end(await _open(_reader)) as db:
        yield db


@asynccontextmanager
async def writing() -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    # Writers of this process to a SQLite file stand in line here instead of asking for its lock over and over.
    turn = _writers if engine().dialect.name == "sqlite" else nullcontext()
    async with turn, _closed_at_its_end(await _open(engine())) as db:
        yield db
        await db.commit()


def retries(service: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Do the whole of a service again when the database took its transaction back or the connection was cut.

    Only for services that can be repeated: when the connection is cut at COMMIT, nobody knows whether it counted.
    What it wraps raises DatabaseAway in the end.
    """

    @wraps(service)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for is_last in (False,) * (TRIES - 1) + (True,):
            try:
                return await service(*args, **kwargs)
            except (DBAPIError, *AWAY) as error:
                if not is_last and _may_try_again(error):
                    continue
                if isinstance(error, AWAY):
                    log.exception("database_away")
                    raise DatabaseAway() from error
                raise
        raise AssertionError  # the last try returns or raises

    return wrapped


def _may_try_again(error: Exception) -> bool:
    was_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return was_cut or getattr(getattr(error, "orig", None), "sqlstate", None) in ROLLED_BACK_STATES


async def _open(bind: AsyncEngine) -> AsyncSession:
    """A session that has its connection, of PostgreSQL waited for while the server restarts.

    A transaction on SQLite has begun with that: all that it may have to wait for.
    """
    if bind.dialect.name == "sqlite":
        return await _open_inline(bind)
    give_up_at = time.monotonic() + RESTART_SECONDS
    while True:
        db = AsyncSession(bind, expire_on_commit=False)
        try:
            await db.connection()
        except OperationalError:
            await db.close()
            if time.monotonic() > give_up_at:
                raise
        else:
            return db
        await asyncio.sleep(RESTART_POLL_SECONDS)


async def _open_inline(bind: AsyncEngine) -> AsyncSession:
    give_up_at = time.monotonic() + LOCK_SECONDS
    while True:
        db = InlineSession(bind, expire_on_commit=False)
        try:
            await db.start(bind)
        except BaseException as error:
            await db.close()
            if not _is_busy(error) or time.monotonic() > give_up_at:
                raise
        else:
            return db
        await asyncio.sleep(LOCK_POLL_SECONDS)


def _closed_at_its_end(db: AsyncSession) -> AbstractAsyncContextManager[AsyncSession]:
    """Sessions close themselves in a task that no cancellation reaches. SQLite's close never waits, and needs none."""
    return aclosing(db) if db.get_bind().dialect.name == "sqlite" else db


def _make_sqlite(url: URL, pool_size: int, access: str, **more: Any) -> AsyncEngine:
    made = create_async_engine(url, pool_size=pool_size, max_overflow=NO_LIMIT, hide_parameters=True, **more)
    event.listen(made.sync_engine, "connect", partial(_prepare_sqlite, access))
    return made


def _make_postgres(url: URL, pool_size: int, options: str, **more: Any) -> AsyncEngine:
    arguments = {"connect_timeout": CONNECT_SECONDS, "options": options, **VANISHED}
    made = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, connect_args=arguments, hide_parameters=True, **more
    )
    event.listen(made.sync_engine, "connect", _prepare_postgres)
    event.listen(made.sync_engine, "checkin", _note_use)
    event.listen(made.sync_engine, "checkout", partial(_ping_idle, made.dialect))
    return made


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_idle(dialect: Any, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Notice a connection that was cut while it lay in the pool; asking each time would double the ways."""
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < PING_AFTER_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        raise InvalidatePoolError from error


class WithoutNul(StrDumper):
    """Sends text without NUL, which PostgreSQL has no way to hold; nothing that was stored can be found by one."""

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
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_busy(error: BaseException) -> bool:
    """Whether another process's transaction is in the way."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return bool(code & 0xFF == sqlite3.SQLITE_BUSY)  # the lower byte is the code, the rest detail
