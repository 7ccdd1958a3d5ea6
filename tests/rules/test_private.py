"""What libraries keep to themselves, names that begin with an underscore, is used in one module per library.

Each of those says what it uses, why, and where to look when the library moves.
"""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.rules.source_tree import Function, Module, modules, refuse

COMPATIBILITY = {
    "chatapp.web.reflex_compat",
    "chatapp.web.socketio_compat",
    "chatapp.jobs.dramatiq_compat",
    "chatapp.db.sqlite_dialect",
}
DOCUMENTED = {"_replace", "_asdict", "_mapping"}
"""Of named tuples, and of SQLAlchemy's rows, where an underscore keeps them apart from the names of fields."""

BY_NAME = {"getattr", "setattr", "hasattr", "delattr"}


@cache
def own_names() -> frozenset[str]:
    """Every private name that chatapp gives to something itself."""
    return frozenset(name for module in modules("chatapp") for name in given_names(module))


def given_names(module: Module) -> Iterator[str]:
    """Functions, classes, variables and attributes of objects that the module makes."""
    for node in module.nodes:
        if isinstance(node, Function | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            yield node.attr


def private_parts(module: Module) -> Iterator[str]:
    """Private attributes that chatapp did not give, and imports of what another module keeps to itself."""
    for line, name in module.imports():
        if any(map(is_private, name.split("."))):
            yield f"{module.at(line)} imports {name}"
    for node in module.nodes:
        for name in _attributes(node):
            if is_private(name) and name not in own_names() | set(given_names(module)) | DOCUMENTED:
                yield f"{module.at(node.lineno)} uses {name}"  # type: ignore[attr-defined]


def is_private(name: str) -> bool:
    """Whether it begins with an underscore, and is not one of Python's own."""
    return name.startswith("_") and not name.startswith("__")


def _attributes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BY_NAME:
        yield from (str(part.value) for part in node.args[1:2] if isinstance(part, ast.Constant))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def test_what_a_library_keeps_to_itself_is_used_where_it_is_looked_for() -> None:
    others = (module for module in modules("chatapp", "bench") if module.name not in COMPATIBILITY)
    found = (finding for module in others for finding in private_parts(module))
    refuse(found, f"Use what is public, or give it a function with its reason in one of {sorted(COMPATIBILITY)}")


def test_every_module_for_such_parts_says_when_to_look_at_it() -> None:
    known = {module.name: ast.get_docstring(module.tree) or "" for module in modules("chatapp")}
    assert [name for name in COMPATIBILITY if "moves" not in known.get(name, "")] == []


@pytest.mark.parametrize(
    "source",
    [
        "import reflex as rx\nrx.App()._middlewares",
        "from reflex.state import BaseState\nclass Own(BaseState):\n    def go(self): self._mark_dirty()",
        "import argparse._SubParsersAction",
        "from asyncio import _set_running_loop",
        "from starlette._utils import is_async_callable",
        "from chatapp.streaming.hub import _current",
        "def f(engine): return getattr(engine, '_proxied')",
        "def f(app): app._middlewares = []",
    ],
)
def test_a_private_part_of_a_library_is_found(source: str) -> None:
    assert list(private_parts(Module("chatapp.web.guard", source)))


@pytest.mark.parametrize(
    "source",
    [
        "class Own:\n    def __init__(self): self._kept = 1\ndef f(own): return own._kept",
        "from urllib.parse import urlsplit\nurlsplit('a')._replace(path='/')",
        "print(f.__name__)",
    ],
)
def test_what_is_our_own_or_documented_is_not(source: str) -> None:
    assert list(private_parts(Module("chatapp.web.guard", source))) == []
