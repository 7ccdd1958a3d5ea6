"""The documents: what they point at is there. Whether what they say is true, their readers judge."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.rules.source_tree import ROOT, refuse

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
SOURCE = re.compile(r"`([\w./]+(?:\.py|/))`")
COMMAND = re.compile(r"\bmake ([a-z-]+)\b(?=`|$)", re.MULTILINE)

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINE_CHARACTERS = 120

TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SECURITY = ROOT / "docs" / "security.md"
ADVISORIES_MIN = 45


def dead_links(document: Path) -> Iterator[str]:
    """Relative links that lead nowhere."""
    for target in LINK.findall(document.read_text()):
        if not (document.parent / target).exists():
            yield f"{document.name} links to {target}"


def missing_sources(document: Path) -> Iterator[str]:
    """Files and folders (`ui/guard.py`, `tests/rules/`) that are not in the project or chatapp/, nor made in use."""
    made_when_used = {line.strip("/") + "/" for line in (ROOT / ".gitignore").read_text().split()}
    for path in SOURCE.findall(document.read_text()):
        if path not in made_when_used and not any((home / path).exists() for home in (ROOT, ROOT / "chatapp")):
            yield f"{document.name} speaks of {path}"


def unknown_commands(document: Path) -> Iterator[str]:
    """`make` commands that the Makefile does not have."""
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    yield from (
        f"{document.name} says make {name}" for name in COMMAND.findall(document.read_text()) if name not in known
    )


def missing_tests(document: Path) -> Iterator[str]:
    """Tests (`tests/ui/test_guard.py::test_...`) that are not there."""
    for path, name in TEST.findall(document.read_text()):
        file = ROOT / path
        if not file.is_file() or f"def {name}(" not in file.read_text():
            yield f"{document.name} names {path}::{name}"


def untested_rows(document: Path) -> Iterator[str]:
    """Rows of a table, but for its head, that name no test."""
    lines = document.read_text().splitlines()
    for line, following in pairwise([*lines, ""]):
        is_head = "|---" in (line[:4], following[:4])
        if line.startswith("|") and not is_head and not TEST.search(line):
            yield f"{document.name} says without a test: {line[:60]}"


def long_lines(document: Path) -> Iterator[str]:
    """Lines that do not fit; a row of a table cannot be broken, nor can what somebody copies, nor one long word."""
    prose = FENCED.sub(lambda found: "\n" * found[0].count("\n"), document.read_text())
    for number, line in enumerate(prose.splitlines(), start=1):
        if len(line) > LINE_CHARACTERS and not line.startswith("|") and " " in line.strip("-* "):
            yield f"{document.name}:{number} has {len(line)} characters"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_document_points_at_is_there(document: Path) -> None:
    found = (*dead_links(document), *missing_sources(document), *unknown_commands(document), *missing_tests(document))
    refuse(found, "Correct the document, which somebody will believe")


def test_each_attack_and_each_advisory_stands_beside_a_test() -> None:
    refuse(untested_rows(SECURITY), "Name the test that would fail")
    assert len(set(re.findall(r"CVE-\d+-\d+", SECURITY.read_text()))) >= ADVISORIES_MIN


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_lines_of_a_document_fit(document: Path) -> None:
    refuse(long_lines(document), f"Break them: at most {LINE_CHARACTERS} characters")


def test_a_line_that_does_not_fit_is_found(tmp_path: Path) -> None:
    document = tmp_path / "WIDE.md"
    document.write_text(f"{'word ' * 30}\n| {'cell ' * 30}|\n{'x' * 130}\n```\n{'word ' * 30}\n```\n")
    assert len(list(long_lines(document))) == 1


def test_a_document_that_is_out_of_date_is_found(tmp_path: Path) -> None:
    document = tmp_path / "OLD.md"
    gone = "`tests/gone.py::test_x`, `tests/rules/test_documents.py::test_gone`"
    document.write_text(
        f"[more](docs/gone.md), [web](https://example.org), `ui/gone.py`, `gone/`, {gone}\n\nmake gone\n"
    )
    assert len(list(dead_links(document))) == 1
    assert len(list(missing_sources(document))) == 2
    assert len(list(unknown_commands(document))) == 1
    assert len(list(missing_tests(document))) == 2
    document.write_text("| Attack | Test |\n|---|---|\n| one | none |\n| two | `tests/a.py::test_b` |\n")
    assert len(list(untested_rows(document))) == 1
