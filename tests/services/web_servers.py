"""The Caddy and nginx of the system, for tests. `python -m tests.services.web_servers` sees to them."""

import os
import shutil
import subprocess
import sys

NAMES = ("caddy", "nginx")
APT = ("apt-get", "install", "--yes", "--no-install-recommends")
PLACES = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
"""Debian keeps nginx where only root's PATH leads."""


def find(name: str) -> str:
    """The path of a web server. Raises AssertionError with the command that installs it."""
    found = shutil.which(name, path=PLACES)
    assert found, f"These tests need {name}. Install it and run them again: sudo {' '.join((*APT, name))}"
    return found


def main() -> int:
    """Make sure that there are both, in CI as root by the package manager; returns the exit code."""
    missing = [name for name in NAMES if not shutil.which(name, path=PLACES)]
    if missing and os.environ.get("CI") and os.geteuid() == 0 and shutil.which(APT[0]):
        subprocess.run([APT[0], "update"], check=False)
        subprocess.run([*APT, *missing], check=False)
        missing = [name for name in NAMES if not shutil.which(name, path=PLACES)]
    if missing:
        print(f"Some tests need {' and '.join(missing)}: sudo {' '.join((*APT, *missing))}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
