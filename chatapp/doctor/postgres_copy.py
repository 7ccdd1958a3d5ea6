"""Copies of a PostgreSQL database, made and put back by PostgreSQL's own tools, which have to be on this machine.

The environment tells them how to connect, because every user of the machine can read the arguments of a process.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, column, func, literal, select, table
from sqlalchemy.schema import CreateSchema, DropSchema

from chatapp.db.migrations import (
    answering,
    current_revision,
    head_revision,
    migrate,
    refuse_newer,
    sync_engine,
    upgrade,
)
from chatapp.doctor import schema
from chatapp.doctor.people import end_all_logins
from chatapp.errors import CommandError
from chatapp.settings import Settings

DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the tools here, in a folder for each major version."""

OTHER_VERSION = ("version mismatch", "unsupported version", "unrecognized configuration parameter")
"""What the tools say when they and the server, or the copy, are not of versions that get on."""

END_OF_ROWS = "\\."

SCRATCH = "chatapp_restoring"
"""The schema in which a restore tries the migrations."""

HARMLESS = (
    "SET ",
    "SELECT pg_catalog.set_config",
    f"CREATE SCHEMA {SCRATCH}",
    "COMMENT ON SCHEMA public",
    "CREATE EXTENSION ",  # those of a service that runs PostgreSQL for others
    "COMMENT ON EXTENSION ",
)
"""How statements begin that say nothing of what chatapp's tables are like."""


def back_up(settings: Settings, target: Path) -> None:
    """Dump the database as it is at one moment into a new file. Raises CommandError with what pg_dump says."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CommandError(f"{target} cannot be made: {error.strerror}.") from error
    try:
        _run(settings, "pg_dump", "--format=custom", f"--file={target}")
    except CommandError:
        target.unlink()
        raise


def restore(settings: Settings, source: Path, kept: Path) -> bool:
    """Put a dump in the place of the database after dumping that to `kept`; returns whether there was one to keep.

    It happens in one transaction, or not at all; then all logins of the copy are ended. Raises CommandError when the
    dump is damaged or has another schema, somebody is connected, or it is of another revision and the database is not
    empty: tables that the dump does not know would stay. Raises SettingsError when it is of a newer chatapp.
    """
    revision = _revision_of(settings, source)
    refuse_newer(revision)
    with answering(settings).connect() as connection:
        _refuse_company(connection)
        present = current_revision(connection)
    if present and revision != head_revision():
        raise CommandError(
            f"{source} is of revision {revision}, and this chatapp needs {head_revision()}. "
            "Make an empty database, set CHATAPP_DATABASE_URL to it, and restore there."
        )
    schema.refuse_other(source, _schema_of(settings, source), _fresh_schema(settings, revision))
    if present:
        back_up(settings, kept)
    how = ("--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error")
    _run(settings, "pg_restore", *how, str(source))
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        end_all_logins(connection)
    return bool(present)


def _revision_of(settings: Settings, source: Path) -> str:
    """The revision in a dump, which is read to its end. Raises CommandError when it is damaged or not of chatapp."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    _run(settings, "pg_restore", "--file=/dev/null", str(source), connects=False)
    only = ("--data-only", "--table=alembic_version", "--file=-")
    lines = _run(settings, "pg_restore", *only, str(source), connects=False).splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("COPY ")]
    if not starts:
        raise CommandError(f"{source} is not a copy of a database of chatapp.")
    revisions = lines[starts[0] + 1 : lines.index(END_OF_ROWS, starts[0])]
    if len(revisions) != 1:
        raise CommandError(f"{source} says that it is of {len(revisions)} revisions, and a copy is of one.")
    return revisions[0]


def _schema_of(settings: Settings, source: Path) -> frozenset[str]:
    how = ("--schema-only", "--no-owner", "--no-privileges", "--file=-")
    return _statements(_run(settings, "pg_restore", *how, str(source), connects=False))


def _fresh_schema(settings: Settings, revision: str) -> frozenset[str]:
    """What the migrations up to `revision` make, tried in a schema of its own beside the tables that are there."""
    try:
        with sync_engine(settings.effective_database_url).begin() as connection:
            connection.execute(DropSchema(SCRATCH, cascade=True, if_exists=True))
            connection.execute(CreateSchema(SCRATCH))
            connection.execute(select(func.set_config("search_path", SCRATCH, literal(value=True))))
            upgrade(connection, revision)
        how = ("--schema-only", "--no-owner", "--no-privileges", f"--schema={SCRATCH}")
        dumped = _run(settings, "pg_dump", *how)
    finally:
        with sync_engine(settings.effective_database_url).begin() as connection:
            connection.execute(DropSchema(SCRATCH, cascade=True, if_exists=True))
    return _statements(dumped.replace(f"{SCRATCH}.", "public."))


def _statements(script: str) -> frozenset[str]:
    """The statements of a script of pg_dump that make something."""
    lines = (line for line in script.splitlines() if not line.startswith(("--", "\\")))
    statements = schema.normalised("\n".join(lines).split(";"))
    return frozenset(statement for statement in statements if not statement.startswith(HARMLESS))


def _refuse_company(connection: Connection) -> None:
    sessions = table("pg_stat_activity", column("datname"), column("pid"), column("backend_type"))
    others = (
        select(func.count())
        .select_from(sessions)
        .where(sessions.c.datname == func.current_database(), sessions.c.pid != func.pg_backend_pid())
        .where(sessions.c.backend_type == "client backend")
    )
    if count := connection.scalar(others):
        raise CommandError(f"The database is in use ({count} connections). Stop every web process and worker first.")


def _run(settings: Settings, tool: str, *arguments: str, connects: bool = True) -> str:
    """Run a tool; returns what it prints. Raises CommandError with the last it says when it fails."""
    path, target = _find(tool), []
    environment = {"PATH": os.defpath, "LC_MESSAGES": "C", "HOME": str(Path.home())}  # certificates may be there
    if connects:
        reached = _connection(settings)
        target = [f"--dbname=postgresql:///{quote(reached['PGDATABASE'], safe='')}", "--no-password"]
        environment |= reached
    done = subprocess.run(
        [path, *target, *arguments], env=environment, capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode != 0:
        raise CommandError(_words(tool, done.stderr))
    return done.stdout


def _find(tool: str) -> str:
    by_version = sorted(DEBIAN.glob(f"[0-9]*/bin/{tool}"), key=lambda path: float(path.parts[-3]))
    found = shutil.which(tool) or (str(by_version[-1]) if by_version else None)
    if found is None:
        raise CommandError(f"{tool} is not on this machine. The package postgresql-client (or libpq) brings it.")
    return found


def _connection(settings: Settings) -> dict[str, str]:
    """What reaches the same database in the same way, encryption included, as variables of libpq's environment.

    It comes from a connection: what the setting leaves out, the driver has taken from elsewhere. In an address, tools
    older than the driver would refuse what they do not know.
    """
    with answering(settings).connect() as connection:
        driver: Any = connection.connection.driver_connection
        options = {option.envvar: option.val for option in driver.pgconn.info if option.envvar and option.val}
        told = {name.decode(): value.decode() for name, value in options.items()}
        info = driver.info
        told |= {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
        told |= {"PGPASSWORD": info.password} if info.password else {}
        return told | ({"PGHOSTADDR": info.hostaddr} if "PGHOSTADDR" in told else {})


def _words(tool: str, errors: str) -> str:
    lines = errors.strip().splitlines() or ["nothing"]
    said = " ".join(next((line for line in lines if "error:" in line), lines[-1]).split())
    if any(words in errors for words in OTHER_VERSION):
        return f"{tool} is of another version than the server or the copy: install that of the server. It says: {said}"
    return f"{tool} failed. It says: {said}"
