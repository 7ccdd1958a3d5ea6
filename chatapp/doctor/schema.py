"""Whether a copy of the database has the schema that chatapp's own migrations make, and nothing besides.

A copy may come from anybody. A trigger, a view or a default value in it would be code that runs whenever chatapp reads
or writes later. Schemas are compared as sets of SQL statements, one for each table, index, trigger ...
"""

from collections.abc import Iterable, Set
from pathlib import Path

from chatapp.errors import CommandError

SHOWN_CHARACTERS = 80


def normalised(statements: Iterable[str]) -> frozenset[str]:
    """The statements in one line each, so that only their words count."""
    return frozenset(" ".join(statement.split()) for statement in statements if statement.strip())


def refuse_other(source: Path, found: Set[str], expected: Set[str]) -> None:
    """Raise CommandError unless the schema found in `source` is the expected one."""
    if extra := sorted(found - expected):
        raise _other(source, f"has {_shown(extra[0])}")
    if missing := sorted(expected - found):
        raise _other(source, f"lacks {_shown(missing[0])}")


def _other(source: Path, difference: str) -> CommandError:
    return CommandError(
        f"{source} is not as chatapp makes its databases: it {difference}. "
        "Somebody has changed it; restore a copy that `python -m chatapp backup` made of an unchanged one."
    )


def _shown(statement: str) -> str:
    printable = "".join(character for character in statement if character.isprintable())
    return printable if len(printable) <= SHOWN_CHARACTERS else f"{printable[: SHOWN_CHARACTERS - 1]}…"
