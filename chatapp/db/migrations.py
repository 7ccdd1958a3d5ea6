"""Bringing the database to the revision this code needs, before anything is served.

A SQLite file is copied to `backups/` in the data directory first. A database that is newer than the code is refused:
an older program must not write into tables it does not know. Of many processes that start together one migrates, and
the others wait for it.
"""

import re
import time
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from alembic import command
from chatapp import data_directory
from chatapp.clock import now
from chatapp.db import sqlite_file
from chatapp.errors import SettingsError
from chatapp.settings import Settings

ROOT = Path(__file__).parent.parent.parent

LOCK_SECONDS = 300
"""How long a process waits for a SQLite file while another one migrates it; rewriting a large table takes minutes."""

LOCK = 0x63686174_6D696772
"""The advisory lock of PostgreSQL that stands for the same; any number that nothing else uses."""

SERVER_SECONDS = 30
"""How long a PostgreSQL that does not answer is waited for: it may be starting beside us."""

SERVER_POLL_SECONDS = 0.5

FINAL = re.compile(
    r"authentication failed|does not exist|no pg_hba|not permitted|no password|invalid .*(value|option|port)"
)
"""In what PostgreSQL or its driver says: no waiting mends that. In another language than English it is waited for."""

NOT_ALLOWED = frozenset({"25006", "42501"})
"""PostgreSQL's read_only_sql_transaction and insufficient_privilege."""


def sync_engine(url: str) -> Engine:
    """A plain engine for `url`, whose driver may be the async one; migrations run before any event loop.

    Its transactions exclude each other, also between processes.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address.set(drivername="sqlite"), connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _leave_begin_to_us)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    engine = create_engine(address, poolclass=NullPool)
    lock = f"SELECT pg_advisory_xact_lock({LOCK})"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(lock))
    return engine


def migrate(settings: Settings) -> bool:
    """Upgrade the database to the newest revision; returns whether anything was to do.

    Raises SettingsError when the database was written by a newer chatapp, does not answer or may not be changed, or
    when there can be no data directory.
    """
    data_directory.ensure(settings.data_dir)
    if settings.database_url and (file := sqlite_file.path_of(settings)):
        data_directory.ensure(file.parent, "CHATAPP_DATABASE_URL")
    sqlite_file.keep_private(settings)
    with answering(settings).begin() as connection:
        current = current_revision(connection)
        if current == head_revision():
            return False
        refuse_newer(current)
        if current:
            back_up(settings)
        try:
            upgrade(connection, "head")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in NOT_ALLOWED:
                raise SettingsError(_words(settings, error)) from error
            raise
    return True


def upgrade(connection: Connection, revision: str) -> None:
    """Bring a database of an earlier revision, or an empty one, to `revision` inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def answering(settings: Settings) -> Engine:
    """An engine whose database answers. Raises SettingsError in words when none does for SERVER_SECONDS."""
    engine, give_up_at = sync_engine(settings.effective_database_url), time.monotonic() + SERVER_SECONDS
    while True:
        try:
            with engine.begin():  # also reads what the file is, and takes the lock for writing to it
                pass
        except DBAPIError as error:
            if _is_final(engine, error) or time.monotonic() > give_up_at:
                raise SettingsError(_words(settings, error)) from error
        else:
            return engine
        time.sleep(SERVER_POLL_SECONDS)


def _is_final(engine: Engine, error: DBAPIError) -> bool:
    is_unreachable = engine.dialect.name != "sqlite" and isinstance(error, OperationalError)
    return not is_unreachable or bool(FINAL.search(str(error.orig)))


def _words(settings: Settings, error: DBAPIError) -> str:
    """What the driver says, which names the server and never the password."""
    file = sqlite_file.path_of(settings)
    name = "CHATAPP_DATABASE_URL" if settings.database_url else f"{file} (in CHATAPP_DATA_DIR)"
    return f"{name} cannot be used: {error.orig}"


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one. Raises SettingsError when it names several."""
    revisions = MigrationContext.configure(connection).get_current_heads()
    if len(revisions) > 1:
        raise SettingsError(
            f"The database says that it is at several revisions ({', '.join(sorted(revisions))[:200]}), which no "
            "chatapp has made. Restore a copy from data/backups."
        )
    return revisions[0] if revisions else None


def head_revision() -> str | None:
    """The revision this code needs."""
    return _scripts().get_current_head()


def back_up(settings: Settings) -> Path | None:
    """Copy the SQLite file to `backups/`; returns the copy (None on another database). Raises CommandError."""
    database = sqlite_file.path_of(settings)
    if database is None:
        return None
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"chatapp-{now():%Y%m%dT%H%M%S%f}.db"
    sqlite_file.copy(database, target)
    return target


def _leave_begin_to_us(connection: Any, _record: object) -> None:
    """Python's driver opens no transaction for DDL: a migration that fails midway would stay half done."""
    connection.isolation_level = None


def refuse_newer(current: str | None) -> None:
    """Raise SettingsError when a database is at a revision that this code does not know."""
    try:
        _scripts().get_revision(current or "base")
    except CommandError as error:
        raise SettingsError(
            f"The database is at revision {current}, which this version of chatapp does not know: it was written by a "
            "newer one. Start that version again, or restore a copy from data/backups."
        ) from error


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
