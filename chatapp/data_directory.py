"""The data directory: its owner's alone, made where it is missing, refused in words where nothing can be kept in it.

What is in it is opened without following links: in a directory that others can write to, one may lead anywhere.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from chatapp.errors import SettingsError

DATA_DIR = "CHATAPP_DATA_DIR"
PRIVATE = 0o700
OTHERS = 0o077
OURS = frozenset({".lock", "secret"})
"""What an earlier start has left in a data directory."""


def ensure(folder: Path, variable: str = DATA_DIR) -> None:
    """Make `folder`, which `variable` names, unless it is there. Raises SettingsError if nothing can be kept in it.

    A data directory that is there already becomes its owner's alone, unless it serves for something else too.
    """
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except FileExistsError as error:
        is_dangling = any(path.is_symlink() and not path.exists() for path in (folder, *folder.parents))
        in_its_place = "a link that leads nowhere" if is_dangling else "a file"
        raise SettingsError(unusable(folder, f"{in_its_place} is in its place", variable)) from error
    except OSError as error:
        raise SettingsError(unusable(folder, error.strerror, variable)) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(unusable(folder, os.strerror(errno.EACCES), variable))
    if variable == DATA_DIR:
        with suppress(OSError):  # some file systems know no rights
            _close_to_others(folder)


def is_open_to_others(folder: Path) -> bool:
    """Whether other accounts of this machine may look into `folder`."""
    return bool(folder.stat().st_mode & OTHERS)


def unusable(folder: Path, reason: str | None, variable: str = DATA_DIR) -> str:
    """Words for a folder to which nothing can be written."""
    return f"Nothing can be written to {folder} ({reason}). Correct that, or choose another directory: {variable}=..."


def without_links(path: str, flags: int) -> int:
    """An `opener` for `open`: a new file is its owner's alone, and whatever is no plain file raises OSError."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a link is in its place") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no plain file is in its place")
    return descriptor


def _close_to_others(folder: Path) -> None:
    """Only where it is ours and nothing else: nobody wants /tmp, or a home directory, to change its rights."""
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        names, found = set(os.listdir(descriptor)), os.fstat(descriptor)  # noqa: PTH208 - the folder that was opened
        if found.st_mode & OTHERS and found.st_uid == os.geteuid() and (not names or names & OURS):
            os.fchmod(descriptor, PRIVATE)
    finally:
        os.close(descriptor)
