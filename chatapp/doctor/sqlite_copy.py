"""Copies of a SQLite database: made while others write to it, and put back in its place.

What is put back is made ready beside the database first. Until the last step, which is a rename, the old one is whole.
"""

import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, column, select, table

from chatapp.db.migrations import current_revision, migrate, refuse_newer, sync_engine, upgrade
from chatapp.db.sqlite_file import copy, path_of, reading
from chatapp.doctor import schema
from chatapp.doctor.people import end_all_logins
from chatapp.errors import CommandError
from chatapp.settings import Settings

PARTS = ("", "-wal", "-shm")
"""The files of a database, by what their names end in. SQLite finds the others by the name of the first."""

OWN_TABLES = frozenset({("table", "sqlite_sequence"), ("table", "sqlite_stat1"), ("table", "sqlite_stat4")})
"""What SQLite makes by itself when it needs them."""


def back_up(settings: Settings, target: Path) -> None:
    """Copy the database as it is at one moment. Raises CommandError when there is none, or `target` is there."""
    copy(_path_of(settings), target)


def restore(settings: Settings, source: Path, kept: Path) -> bool:
    """Put a copy in the place of the database, and that at `kept`; returns whether there was one to keep.

    All logins of the copy are ended. Raises CommandError when `source` is damaged, not of chatapp or has another
    schema, and SettingsError when it is of a newer chatapp. The old database is in its place then.
    """
    database = _path_of(settings)
    database.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="restoring-", dir=database.parent) as scratch:
        whole = _made_ready(source, Path(scratch))
        had_one = database.exists()
        for part in PARTS:
            if (old := database.with_name(database.name + part)).exists():
                shutil.move(old, kept.with_name(kept.name + part))
        whole.replace(database)
    return had_one


def _made_ready(source: Path, scratch: Path) -> Path:
    """A checked copy at the newest revision, in one file: without a log that would have to move along."""
    placed = Settings(_env_file=None, data_dir=scratch, database_url=f"sqlite+aiosqlite:///{scratch}/copy.db")
    _check(source)
    copy(source, _path_of(placed))
    _check_schema(source, placed, f"sqlite:///{scratch}/fresh.db")
    migrate(placed)
    with sync_engine(placed.effective_database_url).begin() as connection:
        end_all_logins(connection)
    copy(_path_of(placed), scratch / "whole.db")
    return scratch / "whole.db"


def _check_schema(source: Path, placed: Settings, fresh_url: str) -> None:
    """Compare the copy, before anything is done to it, with a database that is migrated to the same revision now."""
    with sync_engine(placed.effective_database_url).connect() as connection:
        revision, found = current_revision(connection), _schema(connection)
    if revision is None:
        raise CommandError(f"{source} is not a database of chatapp.")
    refuse_newer(revision)
    with sync_engine(fresh_url).begin() as connection:
        upgrade(connection, revision)
        schema.refuse_other(source, found, _schema(connection))


def _schema(connection: Connection) -> frozenset[str]:
    entries = table("sqlite_master", column("name"), column("type"), column("sql"))
    rows = connection.execute(select(entries.c.type, entries.c.name, entries.c.sql))
    return schema.normalised(sql or "" for kind, name, sql in rows if (kind, name) not in OWN_TABLES)


def _check(source: Path) -> None:
    with reading(source) as database:
        try:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            raise CommandError(f"{source} is not a whole database: {error}.") from error
    if found != ["ok"]:
        raise CommandError(f"{source} is damaged: {' '.join(' '.join(found).split())}.")


def _path_of(settings: Settings) -> Path:
    path = path_of(settings)
    assert path is not None, "only called for SQLite"
    return path
