"""The Chromium that end-to-end tests drive: found on the system, or fetched. `python -m tests.browser` sees to it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ("apt-get", "install", "--yes", "--no-install-recommends", "chromium")


def find() -> str | None:
    """The path of a Chromium: one the system has, else the one Playwright downloaded, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def main() -> int:
    """Make sure there is one, by download or (in CI, as root) by the package manager; returns the exit code."""
    if find() or _ran(sys.executable, "-m", "playwright", "install", "chromium"):
        return 0
    if os.environ.get("CI") and os.geteuid() == 0 and _ran("apt-get", "update") and _ran(*APT):
        return 0
    print(f"The tests need a browser. Install one and run them again: sudo {' '.join(APT)}", file=sys.stderr)
    return 1


def _ran(*command: str) -> bool:
    return shutil.which(command[0]) is not None and subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
