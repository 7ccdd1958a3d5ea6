"""What every state class of the page keeps to: no rows of tables, few handlers, nothing callable by accident."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.rules.source_tree import Function, Module, is_within, modules, refuse

MAX_LINES = 120
MAX_HANDLERS = 8

HANDLER = "chatapp.web.handlers.handler"
VARIABLE = "reflex.var"


def states(module: Module) -> Iterator[ast.ClassDef]:
    """The classes of `module` that are states of Reflex: by their base, or by the name of their base."""
    for made in module.classes():
        bases = [module.meaning(base) for base in made.bases]
        if any(base == "reflex.State" or base.endswith("State") for base in bases):
            yield made


def decorators(module: Module, method: Function) -> set[str]:
    """The full names of what decorates `method`, with or without arguments."""
    return {module.meaning(made.func if isinstance(made, ast.Call) else made) for made in method.decorator_list}


def rows_in_variables(module: Module) -> Iterator[str]:
    """Variables, computed ones too, whose type mentions a class of chatapp.models."""
    for state in states(module):
        for node in state.body:
            if any(is_within(name, "chatapp.models") for name in _mentioned(module, _type_of(module, node))):
                yield f"{module.at(node.lineno)} {state.name} holds rows of a table"


def open_methods(module: Module) -> Iterator[str]:
    """Public methods that are no event handler: Reflex makes events of them all the same, callable by any browser."""
    for state in states(module):
        for method in _methods(state):
            is_said = decorators(module, method) & {HANDLER, VARIABLE}
            if not method.name.startswith("_") and not is_said:
                yield f"{module.at(method.lineno)} {state.name}.{method.name}"


def large_states(module: Module) -> Iterator[str]:
    """States that have grown into a second job."""
    for state in states(module):
        lines = (state.end_lineno or 0) - state.lineno + 1
        handlers = sum(HANDLER in decorators(module, method) for method in _methods(state))
        if lines > MAX_LINES or handlers > MAX_HANDLERS:
            yield f"{module.at(state.lineno)} {state.name} has {lines} lines and {handlers} handlers"


def _methods(state: ast.ClassDef) -> list[Function]:
    return [node for node in state.body if isinstance(node, Function)]


def _type_of(module: Module, node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.AnnAssign):
        return node.annotation
    return node.returns if isinstance(node, Function) and VARIABLE in decorators(module, node) else None


def _mentioned(module: Module, annotation: ast.AST | None) -> Iterator[str]:
    for node in ast.walk(annotation) if annotation else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _mentioned(module, ast.parse(node.value, mode="eval"))
        yield module.meaning(node)


Checker = Callable[[Module], Iterator[str]]
INSTEAD: dict[Checker, str] = {
    rows_in_variables: "Map rows to the dataclasses of ui.state.message_view and ui.state.views",
    open_methods: "Begin its name with an underscore, or make it an event handler that checks its arguments",
    large_states: f"Move a subject of its own out (at most {MAX_LINES} lines and {MAX_HANDLERS} handlers)",
}


@pytest.mark.parametrize("check", INSTEAD, ids=lambda check: check.__name__)
def test_every_state_of_the_page_keeps_to_it(check: Checker) -> None:
    refuse((finding for module in modules("chatapp") for finding in check(module)), INSTEAD[check])


def test_the_states_of_the_page_are_recognised() -> None:
    found = {state.name for module in modules("chatapp") for state in states(module)}
    assert {"PageState", "ConversationState", "LiveState", "ComposerState"} <= found


@pytest.mark.parametrize(
    ("check", "body"),
    [
        (rows_in_variables, "    rows: list[Message] = []"),
        (rows_in_variables, "    row: 'Message | None' = None"),
        (rows_in_variables, "    _row: dict[str, models.Message] = {}"),
        (rows_in_variables, "    @rx.var\n    def row(self) -> Message: ..."),
        (open_methods, "    async def wipe(self): ..."),
        (open_methods, "    @shows_errors\n    def wipe(self): ..."),
        (open_methods, "    @rx.event\n    def wipe(self): ..."),
        (large_states, "\n".join(f"    a{number}: int = 0" for number in range(MAX_LINES))),
        (large_states, "\n".join(f"    @handler\n    def a{number}(self): ..." for number in range(MAX_HANDLERS + 1))),
    ],
)
@pytest.mark.parametrize("base", ["rx.State", "PageState"])
def test_a_state_that_breaks_a_rule_is_found(check: Checker, body: str, base: str) -> None:
    imports = "import reflex as rx\nfrom chatapp import models\nfrom chatapp.models import Message\n"
    imports += "from chatapp.web.handlers import handler\n"
    module = Module("chatapp.ui.state.rows", f"{imports}class Rows({base}):\n{body}")
    assert len(list(check(module))) == 1
