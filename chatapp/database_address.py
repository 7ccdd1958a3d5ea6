"""The address of a database, written the way SQLAlchemy wants it: from what people write, or from a path."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+psycopg"
DRIVERS = {SQLITE: SQLITE, "sqlite": SQLITE, POSTGRES: POSTGRES, "postgresql": POSTGRES, "postgres": POSTGRES}
"""What people write, and what it stands for. An address for another driver may hold options that ours has not."""

EXAMPLE = (
    f"must look like {SQLITE}:////var/lib/chatapp/chatapp.db or {POSTGRES}://chatapp:password@localhost/chatapp "
    "(in a password write %40 for @, %2F for /)"
)
NOT_IN_A_FILE = "must name a file: what SQLite keeps in memory is lost with the process"
WITHOUT_OPTIONS = (
    "must be a path without options: chatapp sets SQLite up itself. In a path, write %3F for ?, and %25 for %"
)


def normalised(address: str) -> str:
    """`address` with the driver that chatapp uses, and `~` for a home directory replaced.

    Raises ValueError, whose words say what an address must look like, and never repeat it: it may hold a password.
    """
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError) as error:  # a ValueError is about its port
        raise ValueError(EXAMPLE) from error
    if url.drivername not in DRIVERS or (url.port is not None and not 0 < url.port < 65536):
        raise ValueError(EXAMPLE)
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername == SQLITE and "?" in address:
        raise ValueError(WITHOUT_OPTIONS)
    return _text(_sqlite(url) if url.drivername == SQLITE else url)


def of_file(path: Path) -> str:
    """The address of the SQLite file at `path`, whatever characters are in that."""
    return _text(URL.create(SQLITE, database=str(path)))


def _sqlite(url: URL) -> URL:
    if url.host or url.username:
        raise ValueError(f"{EXAMPLE}; an absolute path begins after three slashes with a fourth")
    if not url.database or url.database.startswith((":memory:", "file:")):
        raise ValueError(NOT_IN_A_FILE)
    return url.set(database=_expanded(url.database))


def _expanded(path: str) -> str:
    try:
        return str(Path(path).expanduser()) if path.startswith("~") else path
    except RuntimeError as error:
        raise ValueError("must begin with ~/ or the home directory of somebody who is there") from error


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
