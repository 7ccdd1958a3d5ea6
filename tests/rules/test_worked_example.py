"""The worked example of docs/development.md is carried out on a copy of the project."""

import re
import shutil
import subprocess
import sys
from os import environ
from pathlib import Path

from tests.rules.source_tree import ROOT

DOCUMENT = ROOT / "docs" / "development.md"
CHAPTER = re.compile(r"^## A worked example\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHANGED = re.compile(r"^\+\+\+ b/(chatapp/\S+)", re.MULTILINE)
PYTHON = ".venv/bin/python "

MAX_FILES = 3
"""Of chatapp/ that a new field of a message may touch."""

COPIED = ("alembic", "alembic.ini", "assets", "chatapp", "deploy", "pyproject.toml", "rxconfig.py", "tests")
SECONDS = 120


def example() -> tuple[str, list[str]]:
    """The patch, and the commands that follow it."""
    (chapter,) = CHAPTER.findall(DOCUMENT.read_text())
    blocks = BLOCK.findall(chapter)
    (patch,) = (text for language, text in blocks if language == "diff")
    (commands,) = (text for language, text in blocks if not language)
    return patch, commands.splitlines()


def copy_project(folder: Path) -> None:
    """Copy what a test of the page needs."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


def run(command: list[str], folder: Path, given: str = "") -> None:
    """Run a command in `folder` with `given` as its input; an assertion shows what it said if it fails."""
    alone = {name: value for name, value in environ.items() if not name.startswith(("CHATAPP_", "PYTEST_"))}
    ended = subprocess.run(
        command, cwd=folder, env=alone, input=given, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_new_field_of_a_message_touches_as_few_files_as_is_said() -> None:
    patch, _ = example()
    assert 0 < len(set(CHANGED.findall(patch))) <= MAX_FILES


def test_who_follows_the_worked_example_sees_the_new_field_in_a_row(tmp_path: Path) -> None:
    patch, commands = example()
    copy_project(tmp_path)
    run(["git", "apply", "-"], tmp_path, given=patch)
    tests = [command.removeprefix(PYTHON).split() for command in commands if command.startswith(PYTHON)]
    assert tests
    for arguments in tests:
        run([sys.executable, *arguments], tmp_path)
