"""`python -m chatapp migrate`: bring the database to the revision this code needs; `serve` does it by itself."""

import argparse

from chatapp.cli import checked_settings
from chatapp.cli.commands import Commands
from chatapp.db.migrations import migrate


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Migrate and say whether anything was to do; returns 0. Raises SettingsError when the database is too new."""
    print("The database was brought up to date." if migrate(checked_settings.load()) else "The database is up to date.")
    return 0
