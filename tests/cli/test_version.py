"""The version: said in one place, shown by the command, described by the changelog."""

import re

import pytest

from chatapp.__main__ import main
from chatapp.version import version
from tests.rules.source_tree import ROOT

HEADING = re.compile(r"^## \[?([\d.]+)\]?", re.MULTILINE)


def test_the_command_prints_the_version_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"chatapp {version()}\n"
    assert f'version = "{version()}"' in (ROOT / "pyproject.toml").read_text()


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    assert HEADING.findall((ROOT / "CHANGELOG.md").read_text())[0] == version()
