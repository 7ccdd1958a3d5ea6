"""One server a data directory: a second start on it is refused, because each would mark the other's answers as dead."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from chatapp.errors import SettingsError
from chatapp.settings import Settings


@contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data directory. Raises SettingsError when another process has it, or nobody can.

    The kernel lets go of it when this process ends, however it ends; the file itself stays and means nothing. With
    Redis many servers share one directory by design, and nothing is locked.
    """
    if settings.redis_url:
        yield
        return
    with _lock_file(settings.data_dir.absolute()):
        yield


def _lock_file(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise SettingsError(
            f"Nothing can be written to {folder} ({error.strerror}). "
            "Correct that, or choose another directory: CHATAPP_DATA_DIR=..."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise SettingsError(
            f"Another chatapp is running on {folder}. "
            "Stop it, or give this one a directory of its own: CHATAPP_DATA_DIR=..."
        ) from error
    return lock
