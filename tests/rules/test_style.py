"""The shape of every file: sizes, docstrings, names, and what is never left behind."""

import ast
from collections.abc import Callable, Iterator
from statistics import median

import pytest

from tests.rules.source_tree import FOLDERS, Function, Module, is_within, modules, refuse

MAX_FILE_LINES = 400
MEDIAN_FILE_LINES = 100
MAX_FUNCTION_LINES = 50
MIN_WORDS = 4  # after "test"

WAITING = "tests.waiting"
FULL_PACKAGES = {"chatapp.models"}
"""Packages whose __init__ says something: the tables must all be known wherever one of them is."""

UNFINISHED = "TO DO|FIX ME|XX X".replace(" ", "").split("|")
EVERY_ERROR = {"Exception", "BaseException"}


def long_files(module: Module) -> Iterator[str]:
    """Files that nobody reads in one go."""
    lines = len(module.source.splitlines())
    if lines > MAX_FILE_LINES:
        yield f"{module.at()} has {lines} lines"


def long_functions(module: Module) -> Iterator[str]:
    """Functions that do not fit on a screen; decorators do not count."""
    for function in module.functions():
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield f"{module.at(function.lineno)} {function.name} has {lines} lines"


def undescribed(module: Module) -> Iterator[str]:
    """Modules that do not say what they are; public functions and classes of chatapp that do not either."""
    if module.source and not ast.get_docstring(module.tree):
        yield module.at()
    if is_within(module.name, "chatapp"):
        for node in _public(module.tree):
            if not ast.get_docstring(node):
                yield f"{module.at(node.lineno)} {node.name}"


def full_packages(module: Module) -> Iterator[str]:
    """Packages that run something when a module of theirs is imported."""
    if module.is_package and module.source and module.name not in FULL_PACKAGES:
        yield module.at()


def swallowed_errors(module: Module) -> Iterator[str]:
    """Handlers that take every error and do nothing with it."""
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and all(_does_nothing(line) for line in node.body):
            caught = [node.type]
        elif isinstance(node, ast.Call) and module.meaning(node.func) == "contextlib.suppress":
            caught = [*node.args]
        else:
            continue
        if any(_takes_everything(module, kind) for kind in caught):
            yield module.at(node.lineno)


def vague_names(module: Module) -> Iterator[str]:
    """Modules named after nothing."""
    if module.name.rpartition(".")[2] in {"utils", "util", "helpers", "common", "misc"}:
        yield module.at()


def unfinished(module: Module) -> Iterator[str]:
    """Notes about what should have been done instead of written down."""
    for line, text in enumerate(module.source.splitlines(), start=1):
        if any(note in text for note in UNFINISHED):
            yield module.at(line)


def sleeps(module: Module) -> Iterator[str]:
    """Tests that wait for time to pass instead of for a condition."""
    if is_within(module.name, "chatapp") or module.name == WAITING:
        return
    for line, name in module.uses():
        if name.rpartition(".")[2] in {"sleep", "wait_for_timeout"}:
            yield f"{module.at(line)} {name}"


def turns_given_away(module: Module) -> Iterator[str]:
    """Loops that go round the event loop until something has happened."""
    for loop in module.nodes:
        if isinstance(loop, ast.For | ast.AsyncFor | ast.While):
            calls = (node for node in ast.walk(loop) if isinstance(node, ast.Call) and node.args)
            for call in calls:
                slept = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
                if slept == 0 and module.meaning(call.func) == "asyncio.sleep":
                    yield module.at(call.lineno)


def short_test_names(module: Module) -> Iterator[str]:
    """Tests whose name is no sentence about behaviour."""
    if is_within(module.name, "tests"):
        for function in module.functions():
            words = [word for word in function.name.split("_") if word]
            if words[:1] == ["test"] and len(words) <= MIN_WORDS:
                yield f"{module.at(function.lineno)} {function.name}"


def _public(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for found in node.body:
        if isinstance(found, Function | ast.ClassDef) and not found.name.startswith("_"):
            yield found
            if isinstance(found, ast.ClassDef):
                yield from _public(found)


def _takes_everything(module: Module, kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(made is None or module.meaning(made) in EVERY_ERROR for made in kinds)


def _does_nothing(line: ast.stmt) -> bool:
    is_word = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return is_word or isinstance(line, ast.Pass | ast.Continue)


Checker = Callable[[Module], Iterator[str]]
INSTEAD: dict[Checker, str] = {
    long_files: "Split it by subject",
    long_functions: "Give a step of it a name",
    undescribed: "Say in a docstring what it is, and what it is not",
    full_packages: "Move it to a module with a name; __init__.py stays empty",
    swallowed_errors: "Name the errors that are expected, and say why they do not matter",
    vague_names: "Name it after what it is about",
    unfinished: "Do it, or open an issue",
    turns_given_away: "Wait for the condition itself: an event, a task, or tests.waiting",
    sleeps: "Wait for a condition with tests.waiting, or for an event with a deadline",
    short_test_names: "Name it with a sentence of at least four words: test_a_stopped_reply_stays_stopped",
}


@pytest.mark.parametrize("check", INSTEAD, ids=lambda check: check.__name__)
def test_every_file_of_the_project_keeps_to_it(check: Checker) -> None:
    refuse((finding for module in modules() for finding in check(module)), INSTEAD[check])


@pytest.mark.parametrize("folder", FOLDERS)
def test_most_files_are_short(folder: str) -> None:
    lengths = [len(module.source.splitlines()) for module in modules(folder) if module.source]
    assert median(lengths) <= MEDIAN_FILE_LINES, "Long files are the exception: split one by subject"


def test_the_walk_sees_the_files_it_judges() -> None:
    seen = {module.name for module in modules()}
    assert {"chatapp.chatapp", "chatapp.models", __name__, "bench.answer"} <= seen


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (long_files, "\n" * (MAX_FILE_LINES + 1)),
        (long_functions, "def f():\n" + "    a = 1\n" * MAX_FUNCTION_LINES),
        (long_functions, "class A:\n    async def f():\n" + "        a = 1\n" * MAX_FUNCTION_LINES),
        (undescribed, "a = 1"),
        (undescribed, '"""Words."""\ndef f(): ...'),
        (undescribed, '"""Words."""\nclass A:\n    """Words."""\n    async def f(self): ...'),
        (swallowed_errors, "try: a\nexcept Exception: pass"),
        (swallowed_errors, "try: a\nexcept: ..."),
        (swallowed_errors, "try: a\nexcept (OSError, BaseException): pass"),
        (swallowed_errors, "from contextlib import suppress\nwith suppress(Exception): a"),
        (unfinished, f"# {UNFINISHED[0]}: later"),
        (unfinished, f"a = '{UNFINISHED[1]}'"),
    ],
)
def test_a_file_of_the_wrong_shape_is_found(check: Checker, source: str) -> None:
    assert len(list(check(Module("chatapp.shape", source)))) == 1


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (sleeps, "import time\ntime.sleep(1)"),
        (sleeps, "from asyncio import sleep as rest"),
        (turns_given_away, "import asyncio\nasync def a():\n    while True:\n        await asyncio.sleep(0)"),
        (sleeps, "def test_a(page): page.wait_for_timeout(1)"),
        (short_test_names, "def test_login(): ..."),
        (short_test_names, "async def test_a_good_login(): ..."),
    ],
)
def test_a_test_that_sleeps_or_says_nothing_is_found(check: Checker, source: str) -> None:
    assert list(check(Module("tests.test_shape", source)))


def test_a_package_with_words_and_a_vague_name_are_found() -> None:
    assert list(full_packages(Module("chatapp.accounts", '"""Words."""', is_package=True)))
    assert list(vague_names(Module("chatapp.utils", "")))
