"""Prints the licences of everything that chatapp runs with, from what is installed and from npm's lock file.

`make licences` keeps the result as docs/licences.md; tests/deploy holds that against the pins.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\\]+)( ;)?", re.MULTILINE)
OTHER_MACHINES = "another Python or system only"
UNKNOWN = "unknown"

CLASSIFIER = "License :: OSI Approved :: "
SHORT_CHARACTERS = 60
"""Some packages put the whole text where its name belongs."""

HEAD = """# Licences

What chatapp runs with, by licence, as the packages themselves say. `make licences` writes this page.
"""


def python_packages() -> Iterator[tuple[str, str]]:
    """Pairs of a package with its version, and its licence, for each pin of requirements.txt."""
    for name, version, _ in PIN.findall((ROOT / "requirements.txt").read_text()):
        try:
            yield f"{name} {version}", licence_of(metadata(name))
        except PackageNotFoundError:
            yield f"{name} {version}", OTHER_MACHINES


def npm_packages() -> Iterator[tuple[str, str]]:
    """The same for each package of npm's lock file; most of them only build the pages."""
    locked = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())["packages"]
    for path, package in locked.items():
        if path:
            yield f"{path.rpartition('node_modules/')[2]} {package['version']}", package.get("license", UNKNOWN)


def licence_of(told: PackageMetadata) -> str:
    """The licence that a package's metadata names, in the newest of three ways."""
    classifiers = [c.removeprefix(CLASSIFIER) for c in told.get_all("Classifier", []) if c.startswith(CLASSIFIER)]
    short = str(told.get_all("License", [""])[0]).strip()
    named = short if len(short) <= SHORT_CHARACTERS and short != "UNKNOWN" and "\n" not in short else ""
    expression = told.get_all("License-Expression", [""])[0]
    return str(expression or named or " and ".join(classifiers) or UNKNOWN)


def table(packages: Iterator[tuple[str, str]]) -> str:
    """Rows of a licence and its packages."""
    found: Mapping[str, set[str]] = defaultdict(set)
    for package, licence in packages:
        found[licence].add(package)
    rows = (f"| {licence} | {', '.join(sorted(names))} |" for licence, names in sorted(found.items()))
    return "\n".join(("| Licence | Packages |", "|---|---|", *rows))


def page() -> str:
    """The whole page."""
    return f"{HEAD}\n## Python\n\n{table(python_packages())}\n\n## Pages\n\n{table(npm_packages())}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
