"""Keeps the last list of each endpoint in the data directory: after a restart people pick, and ask, before it is there.

One small file for each endpoint, replaced as a whole, so that processes that share the directory need not agree. It is
a convenience: what cannot be read or written is as if it had never been stored.
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from chatapp.log import get_logger
from chatapp.providers.base import ModelInfo
from chatapp.providers.model_list import read_model_list, write_model_list
from chatapp.settings import Endpoint

FOLDER = "models"
FILE_MAX_BYTES = 5_000_000
"""More than the longest list that is taken can have."""

log = get_logger(__name__)


class StoredList:
    """The file of one endpoint. Another address under the same name is another endpoint."""

    def __init__(self, data_dir: Path, endpoint: Endpoint) -> None:
        identity = f"{endpoint.name}\n{endpoint.base_url}"
        self._path = data_dir / FOLDER / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.json"

    def read(self) -> tuple[ModelInfo, ...] | None:
        """What was stored last; None when there is nothing that can be used."""
        try:
            with self._path.open("rb") as file:
                return tuple(read_model_list(file.read(FILE_MAX_BYTES)))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("stored_models_unreadable", file=self._path.name, error=type(error).__name__)
            return None

    def write(self, models: Sequence[ModelInfo]) -> None:
        """Store these instead. A crash in between leaves the former list."""
        new = self._path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_bytes(write_model_list(models))
            new.replace(self._path)
        except OSError as error:
            log.warning("models_not_stored", file=self._path.name, error=type(error).__name__)
            with suppress(OSError):
                new.unlink()
