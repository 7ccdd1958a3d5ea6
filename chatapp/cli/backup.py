"""`python -m chatapp backup` and `restore`: a copy of the database while it is in use, and the way back to it."""

import argparse
from pathlib import Path

from chatapp import data_directory
from chatapp.cli import database_work
from chatapp.cli.commands import Commands
from chatapp.cli.data_lock import hold_alone
from chatapp.clock import now
from chatapp.db.sqlite_file import path_of
from chatapp.doctor import postgres_copy, sqlite_copy
from chatapp.errors import CommandError
from chatapp.settings import Settings


def add_to(commands: Commands) -> None:
    """Make the commands known to the parser."""
    backup = commands.add_parser("backup", help="copy the database; the server may go on running")
    backup.add_argument("file", nargs="?", type=Path, help="a new file; one in backups/ of the data directory if none")
    backup.set_defaults(run=back_up)
    restore_ = commands.add_parser("restore", help="put a copy in the place of the database; stop the server first")
    restore_.add_argument("file", type=Path, help="what `backup` has made")
    restore_.add_argument("--yes", action="store_true", help="yes, replace the present database")
    restore_.set_defaults(run=restore)


def back_up(arguments: argparse.Namespace) -> int:
    """Copy the database and print where to. Raises CommandError when that cannot be done, or the file is there."""
    settings = database_work.load_command_settings()
    target = (arguments.file or _new_name(settings, "chatapp")).absolute()
    if _is_sqlite(settings):
        sqlite_copy.back_up(settings, target)
    else:
        postgres_copy.back_up(settings, target)
    print(f"The database is copied to {target}")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Replace the database by a copy and print where the old one is. Raises CommandError; SettingsError when in use."""
    settings = database_work.load_command_settings()
    if not arguments.yes:
        raise CommandError(
            "This replaces the database with the copy; the present one is kept in the backups folder. "
            "To go ahead, add --yes."
        )
    with hold_alone(settings):
        kept = _new_name(settings, "replaced")
        replace = sqlite_copy.restore if _is_sqlite(settings) else postgres_copy.restore
        had_one = replace(settings, arguments.file.absolute(), kept)
    print("The database is restored." + (f" The one before it is in {kept}" if had_one else ""))
    print("Everybody has to sign in again, with the password of the time of the copy.")
    return 0


def _is_sqlite(settings: Settings) -> bool:
    return path_of(settings) is not None


def _new_name(settings: Settings, name: str) -> Path:
    folder = settings.data_dir.absolute() / "backups"
    data_directory.ensure(folder)
    ending = "db" if _is_sqlite(settings) else "dump"
    return folder / f"{name}-{now():%Y%m%dT%H%M%S%f}.{ending}"
