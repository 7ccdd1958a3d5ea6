"""What GitHub reads, and what runs before a commit: of the right shape, and about things that exist."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rules.source_tree import ROOT

GITHUB = ROOT / ".github"
CONFIGURATION = ROOT / ".pre-commit-config.yaml"
SCHEMAS = {
    "workflows/*.yml": "vendor.github-workflows",
    "dependabot.yml": "vendor.dependabot",
    "ISSUE_TEMPLATE/[!c]*.yml": "vendor.github-issue-forms",
    "ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
}
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))


def validate(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """Hold `files` against one of the schemas that check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def loaded(file: Path) -> dict[Any, Any]:
    """A YAML file. YAML reads the key `on` of a workflow as True."""
    return dict(yaml.safe_load(file.read_text()))


def steps() -> Iterator[dict[str, Any]]:
    """Every step of every workflow."""
    for file in WORKFLOWS:
        for job in loaded(file)["jobs"].values():
            yield from job["steps"]


@pytest.mark.parametrize("pattern", SCHEMAS)
def test_each_file_has_the_shape_that_github_reads(pattern: str) -> None:
    files = sorted(GITHUB.glob(pattern))
    assert files
    done = validate(SCHEMAS[pattern], *files)
    assert done.returncode == 0, done.stdout


def test_a_workflow_of_the_wrong_shape_is_found(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "runs_on:"))
    assert validate("vendor.github-workflows", file).returncode == 1


def test_each_action_is_pinned_to_a_commit() -> None:
    lines = [line for file in WORKFLOWS for line in file.read_text().splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not PINNED.search(line)] == []


def test_each_workflow_says_what_its_token_may_do() -> None:
    assert [file.name for file in WORKFLOWS if "permissions" not in loaded(file)] == []


def test_workflows_run_what_the_makefile_has() -> None:
    called = {name for step in steps() for name in re.findall(r"\bmake ([\w-]+)", step.get("run", ""))}
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert "check" in called
    assert called <= targets


def test_the_oldest_python_that_is_promised_is_checked() -> None:
    pythons = loaded(GITHUB / "workflows" / "check.yml")["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert f'requires-python = ">={pythons[0]}"' in (ROOT / "pyproject.toml").read_text()


def test_dependency_updates_look_where_there_is_something_to_update() -> None:
    for update in loaded(GITHUB / "dependabot.yml")["updates"]:
        assert (ROOT / update["directory"].lstrip("/")).is_dir()


def test_hooks_before_a_commit_are_commands_of_the_development_environment() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(CONFIGURATION)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    hooks = [hook for repo in loaded(CONFIGURATION)["repos"] for hook in repo["hooks"]]
    commands = {Path(hook["entry"].split()[0]).name for hook in hooks}
    installed = {path.name for path in Path(sys.executable).parent.iterdir()}
    assert commands - installed == set()
