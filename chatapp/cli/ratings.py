"""`python -m chatapp ratings`: what people think of the answers they get, one JSON object a line."""

import argparse
import json
from dataclasses import asdict

from chatapp.cli import database_work
from chatapp.cli.commands import Commands
from chatapp.reading import ratings


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    parser = commands.add_parser("ratings", help="print every rated answer with its question and note, as JSON lines")
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Print them, the oldest first. Raises SettingsError."""
    database_work.run(database_work.migrated(database_work.load_command_settings()), _print_all)
    return 0


async def _print_all() -> None:
    async for rated in ratings.list_rated():
        line = asdict(rated) | {"answered_at": rated.answered_at.isoformat()}
        print(json.dumps(line, ensure_ascii=False))
