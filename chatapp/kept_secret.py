"""The key for signatures of an installation that was given none: made once, and kept in its data directory."""

import fcntl
import os
import secrets
import zlib
from pathlib import Path

from chatapp.data_directory import ensure, without_links
from chatapp.errors import SettingsError

BYTES_MIN = 32


def read_or_make(folder: Path) -> bytes:
    """The key that `folder` holds; a new one where there is none, or only the empty file that a crash left.

    Processes that start together get the same: one makes it, by a rename, so whole or not at all, while the others wait
    for its lock. Hard links, which would do without a lock, are not on every file system. Raises SettingsError.
    """
    path = folder / "secret"
    try:
        key = _read(path) or _make_first(folder, path)
    except OSError as error:
        raise SettingsError(
            f"The key in {path} can be neither read nor made ({error.strerror}). "
            "Correct that, or set one of at least 32 random characters: CHATAPP_SECRET=..."
        ) from error
    if not is_random(key):
        raise SettingsError(
            f"The key in {path} can be guessed. Remove that file, and a new one is made; logins stay as they are."
        )
    return key


def is_random(key: bytes) -> bool:
    """Whether `key` has 32 bytes that are no word, number or piece repeated: what can be compressed is not random."""
    return len(key) >= BYTES_MIN and len(zlib.compress(key)) >= BYTES_MIN


def _make_first(folder: Path, path: Path) -> bytes:
    ensure(folder)
    with open(folder / ".secret.lock", "a", opener=without_links) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _read(path) or _make(path)


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=without_links) as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _make(path: Path) -> bytes:
    key = secrets.token_hex(32).encode()
    new = path.with_name(".secret.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())  # or a power cut may leave the name without the key
    new.replace(path)
    return key
