"""The file of a SQLite database: where it is, and copying it while others write to it. Not what is in it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

from chatapp.errors import CommandError
from chatapp.settings import Settings


def path_of(settings: Settings) -> Path | None:
    """Where the file of the database is; None for a database that is no file of SQLite's."""
    url = make_url(settings.effective_database_url)
    return Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None


def keep_private(settings: Settings) -> None:
    """Make the file, if there is none yet, one that only its owner can read; SQLite gives its log the same rights.

    Says nothing when that cannot be done: to open it fails next, and tells why.
    """
    if file := path_of(settings):
        with suppress(OSError):
            file.touch(mode=0o600)


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, with what is in its log, into a new file that only its owner can read.

    Raises CommandError when there is no `source`, or `target` is there already.
    """
    with reading(source) as database, closing(sqlite3.connect(_new_file(target))) as copied:
        try:
            database.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")  # or whoever reads it leaves a log beside it
        except sqlite3.Error as error:
            target.unlink()
            raise CommandError(f"{source} cannot be copied to {target}: {error}.") from error


@contextmanager
def reading(source: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read. Raises CommandError when there is no such file."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database:
        yield database


def _new_file(target: Path) -> Path:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CommandError(f"{target} cannot be made: {error.strerror}.") from error
    return target
