"""Copies of a SQLite database: made while others write to it, and put back in its place.

What is put back is made ready beside the database first. Until the last step, which is a rename, the old one is whole.
"""

import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from chatapp.errors import Invalid
from chatapp.migrations import current_revision, migrate, sync_engine
from chatapp.settings import Settings
from chatapp.sqlite_file import copy, path_of, reading

PARTS = ("", "-wal", "-shm")
"""The files of a database, by what their names end in. SQLite finds the others by the name of the first."""


def back_up(settings: Settings, target: Path) -> None:
    """Copy the database as it is at one moment. Raises Invalid when there is none, or `target` is there already."""
    copy(_path_of(settings), target)


def restore(settings: Settings, source: Path, kept: Path) -> bool:
    """Put a copy in the place of the database, and that at `kept`; returns whether there was one to keep.

    Raises Invalid when `source` is damaged or not of chatapp, and SettingsError when it is of a newer one. The old
    database is in its place then.
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
    with sync_engine(placed.effective_database_url).connect() as connection:
        if current_revision(connection) is None:
            raise Invalid(f"{source} is not a database of chatapp.")
    migrate(placed)
    copy(_path_of(placed), scratch / "whole.db")
    return scratch / "whole.db"


def _check(source: Path) -> None:
    with reading(source) as database:
        try:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            raise Invalid(f"{source} is not a whole database: {error}.") from error
    if found != ["ok"]:
        raise Invalid(f"{source} is damaged: {' '.join(' '.join(found).split())}.")


def _path_of(settings: Settings) -> Path:
    path = path_of(settings)
    assert path is not None, "only called for SQLite"
    return path
