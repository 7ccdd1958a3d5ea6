"""The command line: `python -m chatapp COMMAND`. Each command is a module of chatapp.cli."""

import argparse
import sys

from chatapp.cli import accounts, backup, doctor, export, migrate, ratings, serve, sessions, worker
from chatapp.errors import ChatappError
from chatapp.version import version
from chatapp.words import words_of

REFUSED = 2  # exit code: what was asked for cannot be done, and standard error says why in one line


class ShowVersion(argparse.Action):
    """Prints the version, which is read only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and exit."""
        print(f"chatapp {version()}")
        parser.exit()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Errors meant for people are printed, anything else is a bug."""
    parser = argparse.ArgumentParser(prog="python -m chatapp", description="A chat app for people who run their own.")
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (serve, worker, migrate, accounts, sessions, ratings, doctor, backup, export):
        command.add_to(commands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except ChatappError as error:
        print(f"chatapp: {words_of(error)}", file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
