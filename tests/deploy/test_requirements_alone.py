"""What is installed for `make run` is enough for it: the tests' own packages bring others along, which hide a gap."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.db.migrations import ROOT

WITHOUT_THE_REST = """
import importlib.metadata, re, sys

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pinned = {plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)", open("requirements.txt").read(), re.MULTILINE)}
of_modules = importlib.metadata.packages_distributions()
hidden = {module for module, names in of_modules.items() if not pinned & {plain(name) for name in names}}

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named '{name}' in requirements.txt", name=name)

sys.meta_path.insert(0, Hide())
exec(sys.argv.pop(1))
"""

COMMAND = "import runpy; runpy.run_module('chatapp', run_name='__main__', alter_sys=True)"


def run(code: str, *arguments: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `code` where only what requirements.txt pins can be imported."""
    environment = {**os.environ, "CHATAPP_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", WITHOUT_THE_REST, code, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False, timeout=120
    )


def test_what_is_not_pinned_is_hidden(tmp_path: Path) -> None:
    assert "No module named 'pytest' in requirements.txt" in run("import pytest", folder=tmp_path).stderr


@pytest.mark.parametrize("module", ["chatapp.process", "chatapp.cli.server", "chatapp.worker.services", "rxconfig"])
def test_each_process_finds_what_it_imports(module: str, tmp_path: Path) -> None:
    done = run(f"import {module}", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_database_is_made_and_written_to(tmp_path: Path) -> None:
    done = run(COMMAND, "create-user", "ada", folder=tmp_path, typed="a long password of ada's\n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "chatapp.db").exists()
