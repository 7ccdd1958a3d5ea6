"""Looks for every kind of damage there may be in the database, and mends it when asked to.

Nothing that a person can reach is deleted: text moves to where it is seen again. Safe while servers run: what they
are at work on is not damaged, and each kind is mended in one transaction that looks again first.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from chatapp.db import database
from chatapp.doctor import answers, generations, people, trees
from chatapp.doctor.findings import Finding, Kind

KINDS: tuple[Kind, ...] = (
    answers.MESSAGES,
    *trees.KINDS,
    answers.GENERATIONS,
    *generations.KINDS,
    answers.EMPTY_ANSWERS,
    *people.KINDS,
)
"""In the order of mending: messages before the trees they are in, trees before answers, an end before its leftovers."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of one kind, and whether it has been mended as far as it can be."""

    kind: str
    findings: tuple[Finding, ...]
    is_mended: bool

    @property
    def open_findings(self) -> list[Finding]:
        """What is still damaged."""
        return [finding for finding in self.findings if not self.is_mended or finding.needs]


async def examine() -> AsyncIterator[Report]:
    """Report each kind; nothing is changed."""
    for kind in KINDS:
        async with database.reading() as db:
            yield Report(kind.name, tuple(await kind.find(db)), is_mended=False)


async def repair() -> AsyncIterator[Report]:
    """Report and mend each kind, in one transaction a kind."""
    for kind in KINDS:
        async with database.writing() as db:
            findings = await kind.find(db)
            if can_mend := [finding.id for finding in findings if not finding.needs]:
                await kind.mend(db, can_mend)
        yield Report(kind.name, tuple(findings), is_mended=True)
