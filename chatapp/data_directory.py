"""The data directory: made where it is missing, refused in words where nothing can be kept in it."""

import errno
import os
from pathlib import Path

from chatapp.errors import SettingsError


def ensure(folder: Path, variable: str = "CHATAPP_DATA_DIR") -> None:
    """Make `folder`, which `variable` names, unless it is there. Raises SettingsError if nothing can be kept in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        is_dangling = any(path.is_symlink() and not path.exists() for path in (folder, *folder.parents))
        in_its_place = "a link that leads nowhere" if is_dangling else "a file"
        raise SettingsError(unusable(folder, f"{in_its_place} is in its place", variable)) from error
    except OSError as error:
        raise SettingsError(unusable(folder, error.strerror, variable)) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(unusable(folder, os.strerror(errno.EACCES), variable))


def unusable(folder: Path, reason: str | None, variable: str = "CHATAPP_DATA_DIR") -> str:
    """Words for a folder to which nothing can be written."""
    return f"Nothing can be written to {folder} ({reason}). Correct that, or choose another directory: {variable}=..."
