"""The documents: what they point at is there. Whether what they say is true, their readers judge."""

import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.rules.source_tree import ROOT, modules, refuse

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
SOURCE = re.compile(r"`([\w./-]+(?:\.(?:py|js|md|toml|yml|in)|/))`")
COMMAND = re.compile(r"\bmake ([a-z-]+)\b(?=`|$)", re.MULTILINE)
FENCED_COMMAND = re.compile(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)\b", re.MULTILINE)
ADDED = re.compile(r"\badd_parser\(\s*\"([a-z-]+)\"")
OWN_COMMAND = re.compile(r"-m chatapp ([a-z-]+)")
TOOL = re.compile(r"\.venv/bin/([\w-]+)")
TOOL_MODULE = re.compile(r"\.venv/bin/python -m ([\w.]+)")
ARGUMENT = re.compile(r"(?<![\w/.])((?:tests|chatapp|bench|alembic)/[\w/.]+\w)")
PART = re.compile(r"^([a-z_]+/[a-z_/]*) ", re.MULTILINE)

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
    """Files and folders (`web/guard.py`, `tests/rules/`) that are not in the project or chatapp/, nor made in use.

    Also those that begin a line of a picture, without their ending. A name alone may stand beside a path that is named.
    """
    made_when_used = {line.strip("/") + "/" for line in (ROOT / ".gitignore").read_text().split()}
    text = document.read_text()
    for path in (*SOURCE.findall(text), *(part for fence in FENCED.findall(text) for part in PART.findall(fence))):
        homes = (
            ROOT,
            ROOT / "chatapp",
            document.parent,
            ROOT / "chatapp/ui/javascript",
            ROOT / "chatapp/ui/components",
        )
        places = [place for home in homes for place in (home / path, home / f"{path}.py")]
        if path not in made_when_used and not any(place.exists() for place in places):
            yield f"{document.name} speaks of {path}"


def unknown_commands(document: Path) -> Iterator[str]:
    """Commands of `make` and of chatapp that are not there."""
    text = document.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    own = {name for module in modules("chatapp") for name in ADDED.findall(module.source)}
    named = {
        *COMMAND.findall(text),
        *(name for fence in FENCED.findall(text) for name in FENCED_COMMAND.findall(fence)),
    }
    yield from (f"{document.name} says make {name}" for name in sorted(named - targets))
    yield from (f"{document.name} says -m chatapp {name}" for name in sorted({*OWN_COMMAND.findall(text)} - own))


def unknown_tools(document: Path) -> Iterator[str]:
    """Programs and modules of the virtual environment that are not there, and files that are handed to them."""
    for fence in FENCED.findall(document.read_text()):
        yield from (f"{document.name} runs {name}" for name in TOOL.findall(fence) if not _is_installed(name))
        yield from (f"{document.name} runs {name}" for name in TOOL_MODULE.findall(fence) if not find_spec(name))
        yield from (f"{document.name} names {path}" for path in ARGUMENT.findall(fence) if not (ROOT / path).exists())


def _is_installed(program: str) -> bool:
    return (Path(sys.executable).parent / program).exists()


def missing_tests(document: Path) -> Iterator[str]:
    """Tests (`tests/web/test_guard.py::test_...`) that are not there."""
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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_what_a_document_points_at_is_there(document: Path) -> None:
    checks = (dead_links, missing_sources, unknown_commands, unknown_tools, missing_tests)
    refuse(
        (finding for check in checks for finding in check(document)),
        "Correct the document, which somebody will believe",
    )


def test_each_attack_and_each_advisory_stands_beside_a_test() -> None:
    refuse(untested_rows(SECURITY), "Name the test that would fail")
    assert len(set(re.findall(r"CVE-\d+-\d+", SECURITY.read_text()))) >= ADVISORIES_MIN


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
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
    assert list(unknown_tools(document)) == []
    assert len(list(missing_tests(document))) == 2
    document.write_text("| Attack | Test |\n|---|---|\n| one | none |\n| two | `tests/a.py::test_b` |\n")
    assert len(list(untested_rows(document))) == 1


def test_a_command_that_cannot_be_typed_is_found(tmp_path: Path) -> None:
    document = tmp_path / "OLD.md"
    commands = (
        "PORT=1 make gone  # words",
        "make test TESTS=tests/gone.py",
        ".venv/bin/gone",
        "generations/gone  words",
    )
    modules_gone = (".venv/bin/python -m chatapp gone", ".venv/bin/python -m gone", ".venv/bin/python -m chatapp serve")
    document.write_text("\n".join(["```", *commands, *modules_gone, "```", ""]))
    assert len(list(unknown_commands(document))) == 2
    assert len(list(unknown_tools(document))) == 3
    assert len(list(missing_sources(document))) == 1
