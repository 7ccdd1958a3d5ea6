"""Copies of a SQLite database: made while others write to it, and put back in its place.

What is put back is made ready beside the database first. Until the last step, which is a rename, the old one is whole.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from chatapp.errors import Invalid
from chatapp.migrations import current_revision, migrate, sync_engine
from chatapp.settings import Settings

PARTS = ("", "-wal", "-shm")
"""The files of a database, by what their names end in. SQLite finds the others by the name of the first."""


def path_of(settings: Settings) -> Path:
    """Where the file of the database is."""
    return Path(make_url(settings.effective_database_url).database or "").absolute()


def back_up(settings: Settings, target: Path) -> None:
    """Copy the database as it is at one moment. Raises Invalid when there is none, or `target` is there already."""
    copy(path_of(settings), target)


def copy(source: Path, target: Path) -> None:
    """Copy a database with what is in its log, into a new file that only its owner can read. Raises Invalid."""
    with _reading(source) as database, closing(sqlite3.connect(_new_file(target))) as copied:
        try:
            database.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")  # or whoever reads it leaves a log beside it
        except sqlite3.Error as error:
            target.unlink()
            raise Invalid(f"{source} cannot be copied to {target}: {error}.") from error


def restore(settings: Settings, source: Path, kept: Path) -> bool:
    """Put a copy in the place of the database, and that at `kept`; returns whether there was one to keep.

    Raises Invalid when `source` is damaged or not of chatapp, and SettingsError when it is of a newer one. The old
    database is in its place then.
    """
    database = path_of(settings)
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
    copy(source, path_of(placed))
    with sync_engine(placed.effective_database_url).connect() as connection:
        if current_revision(connection) is None:
            raise Invalid(f"{source} is not a database of chatapp.")
    migrate(placed)
    copy(path_of(placed), scratch / "whole.db")
    return scratch / "whole.db"


def _check(source: Path) -> None:
    with _reading(source) as database:
        try:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            raise Invalid(f"{source} is not a whole database: {error}.") from error
    if found != ["ok"]:
        raise Invalid(f"{source} is damaged: {' '.join(' '.join(found).split())}.")


@contextmanager
def _reading(source: Path) -> Iterator[sqlite3.Connection]:
    if not source.is_file():
        raise Invalid(f"There is no file {source}.")
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database:
        yield database


def _new_file(target: Path) -> Path:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Invalid(f"{target} cannot be made: {error.strerror}.") from error
    return target
