"""Who may use a data directory and its database at the same time, kept by the kernel's locks on files.

One server a data directory: a second one is refused, because each would mark the other's answers as dead. With Redis
many processes share it by design; on SQLite they hold it together, so that nobody replaces the database under them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from chatapp import data_directory
from chatapp.db.sqlite_file import path_of
from chatapp.errors import SettingsError
from chatapp.settings import Settings


@contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Hold the data directory as a server or a worker. Raises SettingsError when that cannot be.

    The kernel lets go of it when this process ends, however it ends; the files themselves stay and mean nothing.
    """
    if settings.redis_url and path_of(settings) is None:
        yield
        return
    with _locked(settings, fcntl.LOCK_SH if settings.redis_url else fcntl.LOCK_EX):
        yield


@contextmanager
def hold_alone(settings: Settings) -> Iterator[None]:
    """Hold the data directory so that no server or worker runs on it. Raises SettingsError when one does."""
    with _locked(settings, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(settings: Settings, how: int) -> Iterator[None]:
    with ExitStack() as stack:
        for file, variable in _lock_files(settings):
            stack.enter_context(_lock(file, variable, how))
        yield


def _lock_files(settings: Settings) -> Iterator[tuple[Path, str]]:
    """The lock of the data directory, and where a SQLite database is elsewhere, one beside it; who says where."""
    folder = settings.data_dir.absolute()
    yield folder / ".lock", "CHATAPP_DATA_DIR"
    database = path_of(settings)
    if database and database.parent != folder:
        yield database.with_name(f"{database.name}.lock"), "CHATAPP_DATABASE_URL"


def _lock(file: Path, variable: str, how: int) -> TextIO:
    data_directory.ensure(file.parent, variable)
    try:
        lock = open(file, "a", opener=data_directory.without_links)  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise SettingsError(data_directory.unusable(file.parent, f"{file.name}: {error.strerror}", variable)) from error
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise SettingsError(
            f"Another chatapp is running on {file.parent}. "
            "Stop it, or give this one a directory of its own: CHATAPP_DATA_DIR=..."
        ) from error
    except OSError as error:  # a file system of the network that knows no locks
        lock.close()
        reason = f"{file.name} cannot be locked: {error.strerror}"
        raise SettingsError(data_directory.unusable(file.parent, reason, variable)) from error
    return lock
