"""One server a data directory: a second start on it is refused, because each would mark the other's answers as dead."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from chatapp.errors import SettingsError
from chatapp.settings import Settings


@contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data directory. Raises SettingsError when another process has it.

    The kernel lets go of it when this process ends, however it ends; the file itself stays and means nothing. With
    Redis many servers share one directory by design, and nothing is locked.
    """
    if settings.redis_url:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(
                f"Another chatapp is running on {settings.data_dir.absolute()}. "
                "Stop it, or give this one a directory of its own: CHATAPP_DATA_DIR=..."
            ) from error
        yield
