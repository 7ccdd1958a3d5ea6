"""The packages of chatapp: their imports go round in no circle, and ARCHITECTURE.md has a true picture of them."""

import re
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.rules.source_tree import ROOT, modules

ROOTS = {"process", "chatapp"}
"""Single modules that are drawn like packages: they put the rest together."""

Graph = dict[str, set[str]]


def imports_of_packages() -> Graph:
    """Package -> those that it imports; single modules at the top of chatapp count as packages."""
    graph: Graph = {}
    for module in modules("chatapp"):
        if package := package_of(module.name):
            imported = {package_of(name) for _, name in module.imports()}
            graph.setdefault(package, set()).update(imported - {"", package})
    return graph


def package_of(name: str) -> str:
    """`chatapp.ui.state.page` -> `ui`; "" for what is not ours."""
    top, *rest = name.split(".")
    return rest[0] if top == "chatapp" and rest else ""


def drawn(graph: Graph) -> Graph:
    """The part of `graph` that is drawn, without the arrows that follow from others."""
    folders = {path.name for path in (ROOT / "chatapp").iterdir() if (path / "__init__.py").exists()} | ROOTS
    graph = {name: imported & folders for name, imported in graph.items() if name in folders}
    return {name: {one for one in others if not is_implied(graph, name, one)} for name, others in graph.items()}


def is_implied(graph: Graph, name: str, other: str) -> bool:
    """Whether `other` is also reached from `name` through a third package."""
    return any(other in reached(graph, third) for third in graph[name] - {other})


def reached(graph: Graph, start: str) -> set[str]:
    """Whatever `start` imports, directly or not."""
    seen, waiting = set[str](), {start}
    while waiting:
        found = graph.get(waiting.pop(), set()) - seen
        seen |= found
        waiting |= found
    return seen


def picture() -> Graph:
    """The arrows of the mermaid graph in ARCHITECTURE.md."""
    block = re.search(r"```mermaid\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL)
    assert block
    arrows = re.findall(r"^ *(\w+) --> ([\w &]+)$", block[1], re.MULTILINE)
    return {start: set(ends.split(" & ")) for start, ends in arrows}


def test_packages_import_each_other_in_no_circle() -> None:
    TopologicalSorter(imports_of_packages()).prepare()


def test_the_picture_in_the_architecture_shows_what_imports_what() -> None:
    assert picture() == {name: others for name, others in drawn(imports_of_packages()).items() if others}


def test_a_circle_is_found() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter({"ui": {"web"}, "web": {"accounts"}, "accounts": {"ui"}}).prepare()


def test_an_arrow_that_follows_from_others_is_not_drawn() -> None:
    assert drawn({"ui": {"web", "accounts"}, "web": {"accounts"}}) == {"ui": {"web"}, "web": {"accounts"}}
