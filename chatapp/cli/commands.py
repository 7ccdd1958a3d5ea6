"""Where a command makes itself known."""

import argparse
from typing import Protocol


class Commands(Protocol):
    """What `ArgumentParser.add_subparsers` returns: argparse has no public name for its type."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002 - as argparse calls it
        """The parser of a new command."""
