"""The project's Python files, parsed, with every name resolved through the imports of its module.

What the rules look at; it holds no rule itself. Names are resolved, so `from os import environ as e` hides nothing.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("chatapp", "tests", "bench")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name and its text."""

    name: str
    source: str
    is_package: bool = False

    def at(self, line: int = 1) -> str:
        """A line of the file, written as editors and terminals follow it: `chatapp/web/guard.py:12`."""
        return f"{self.name.replace('.', '/')}{'/__init__' if self.is_package else ''}.py:{line}"

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, those inside functions and under `if TYPE_CHECKING` included."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What each imported name stands for: `{"rx": "reflex", "now": "chatapp.clock.now"}`."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.asname: alias.name for alias in node.names if alias.asname}
                found |= {top: top for alias in node.names if not alias.asname for top in [alias.name.split(".")[0]]}
            elif isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: f"{self.origin(node)}.{alias.name}" for alias in node.names}
        return found

    def origin(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that `from ... import` names."""
        if not node.level:
            return node.module or ""
        here = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        return ".".join([*here[: len(here) - node.level + 1], *filter(None, [node.module])])

    def meaning(self, node: ast.AST) -> str:
        """The full name of `a.b.c`, as in "os.environ.get"; "" for anything that is no chain of names."""
        if isinstance(node, ast.Attribute):
            base = self.meaning(node.value)
            return f"{base}.{node.attr}" if base else ""
        return self.meanings.get(node.id, node.id) if isinstance(node, ast.Name) else ""

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported: the module, or the thing in it."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{self.origin(node)}.{alias.name}") for alias in node.names)

    def uses(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported or mentioned; each prefix of a chain counts as a mention."""
        yield from self.imports()
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and (name := self.meaning(node)):
                yield node.lineno, name

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in self.nodes if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class, nested ones too."""
        return (node for node in self.nodes if isinstance(node, ast.ClassDef))

    def strings(self) -> Iterator[tuple[int, str]]:
        """Line and value of every string constant; of an f-string, its fixed parts."""
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value


def refuse(findings: Iterable[str], instead: str) -> None:
    """Fail the test that found something, with every place and what to do there instead."""
    found = list(findings)
    assert not found, "\n".join([f"{instead}:", *found])


def is_within(name: str, part: str) -> bool:
    """Whether the dotted `name` is `part` or lies in it."""
    return name == part or name.startswith(f"{part}.")


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module of `folders` (of the whole project when none is named), in the order of their paths."""
    paths = sorted(path for folder in folders or FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), path.read_text(), is_package)
