"""Servers that come as Python packages, each in a virtual environment of its own: their pins contradict ours."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_WHEEL = ("No matching distribution found", "Could not find a version that satisfies")


def packages_venv(name: str) -> Path:
    """The `bin` of `.venv-NAME`, where `requirements-NAME.txt` is installed; made by the first test that asks, kept.

    Skips the test where one of the packages has no wheel for this machine.
    """
    requirements = Path(__file__).parent / f"requirements-{name}.txt"
    folder = ROOT / f".venv-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = folder / "installed"
        if not installed.exists() or installed.read_bytes() != requirements.read_bytes():
            _install(requirements, folder)
            installed.write_bytes(requirements.read_bytes())
    return folder / "bin"


def _install(requirements: Path, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    options = ("-qq", "--disable-pip-version-check", "--no-compile", "--only-binary", ":all:")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(requirements)]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if any(words in done.stderr for words in NO_WHEEL):
        pytest.skip(f"{requirements.name} has no wheel for this machine: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr[-2000:]
