"""The Firefox and the WebKit of the system, and a screen for them. `python -m tests.e2e.other_browsers.programs` sees
to them."""

import os
import shutil
import subprocess
import sys

import pytest

PACKAGES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
"""Program -> the package of Debian that brings it."""

OTHER_NAMES = {"firefox-esr": "firefox"}
APT = ("apt-get", "install", "--yes", "--no-install-recommends")


def find(program: str) -> str:
    """The path of a program. Where it is missing the test is skipped, in CI it fails."""
    if found := _path(program):
        return found
    message = f"{program} is not installed: sudo {' '.join((*APT, PACKAGES[program]))}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def main() -> int:
    """Make sure that all are there, in CI as root by the package manager; returns the exit code."""
    if _missing() and os.environ.get("CI") and os.geteuid() == 0 and shutil.which(APT[0]):
        subprocess.run([APT[0], "update"], check=False)
        subprocess.run([*APT, *_missing()], check=False)
    if missing := _missing():
        print(f"The tests in Firefox and WebKit need: sudo {' '.join((*APT, *missing))}", file=sys.stderr)
    return 1 if missing else 0


def _missing() -> list[str]:
    return [package for program, package in PACKAGES.items() if not _path(program)]


def _path(program: str) -> str | None:
    return shutil.which(program) or shutil.which(OTHER_NAMES.get(program, program))


if __name__ == "__main__":
    sys.exit(main())
