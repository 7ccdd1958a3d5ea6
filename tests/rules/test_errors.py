"""Every place that makes an error names a reason of the catalogue, with exactly the parameters of its sentence."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from string import Formatter

import pytest

from chatapp import errors
from chatapp.words import WORDS
from tests.rules.source_tree import Module, modules, refuse

OWN_SENTENCES = (errors.CommandError, errors.SettingsError)
MADE = {
    f"chatapp.errors.{name}": kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ChatappError) and kind not in OWN_SENTENCES
}
BESIDE = {"code", "said", "window_tokens", "prompt_tokens"}
"""What an error takes beside the parameters of its sentence."""

LIMIT = "chatapp.limits.check"
"""Raises for its callers: it takes the reason, and knows the parameters."""


def parameters_of(reason: str) -> set[str]:
    """The parameters that a sentence names."""
    return {name for _, name, _, _ in Formatter().parse(WORDS[reason]) if name}


def wrong_reasons(module: Module) -> Iterator[tuple[int, str]]:
    """Errors for a reason without a sentence, or with other parameters than that has."""
    for line, reason, given in _named(module):
        if reason not in WORDS:
            yield line, f"{reason!r} has no sentence"
        elif given != parameters_of(reason):
            yield line, f"{reason!r} is given {sorted(given)} and takes {sorted(parameters_of(reason))}"


def unused_reasons(found: Iterable[Module]) -> set[str]:
    """Sentences that nothing ever says."""
    others = (module for module in found if module.name not in ("chatapp.sentences", "chatapp.words"))
    constants = {node.value for module in others for node in module.nodes if isinstance(node, ast.Constant)}
    return {reason for reason in WORDS if reason not in constants}


def _named(module: Module) -> Iterator[tuple[int, str, set[str]]]:
    """Line, reason and names of the parameters, wherever an error is made or its reason stored."""
    for node in module.nodes:
        if isinstance(node, ast.Raise) and node.exc and (kind := MADE.get(module.meaning(node.exc))):
            yield node.lineno, kind.code, set()
        if not isinstance(node, ast.Call):
            continue
        name, given = module.meaning(node.func), {keyword.arg or "**": keyword.value for keyword in node.keywords}
        if name == LIMIT and "reason" in given:
            yield from ((node.lineno, reason, {"retry_after_seconds"}) for reason in _constants(given["reason"]))
        elif kind := MADE.get(name):
            for reason in _constants(node.args[0]) if node.args else [kind.code]:
                if module.name != "chatapp.limits" or reason != "reason":
                    yield node.lineno, reason, given.keys() - BESIDE
        elif isinstance(stored := given.get("error_reason"), ast.Constant):
            yield node.lineno, str(stored.value), set()


def _constants(value: ast.expr) -> list[str]:
    """What an expression may be; its source where that is no constant."""
    if isinstance(value, ast.IfExp):
        return [*_constants(value.body), *_constants(value.orelse)]
    return [value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ast.unparse(value)]


def test_every_error_has_a_sentence_and_exactly_its_parameters() -> None:
    found = ((module, *finding) for module in modules("chatapp") for finding in wrong_reasons(module))
    refuse((f"{module.at(line)}: {what}" for module, line, what in found), "Name a reason of chatapp.words")


def test_every_sentence_is_said_somewhere() -> None:
    assert unused_reasons(modules("chatapp")) == set()


@pytest.mark.parametrize(
    "source",
    [
        "from chatapp.errors import Invalid\nraise Invalid('of_no_kind')",
        "from chatapp.errors import Invalid\nraise Invalid('Please type a name.')",
        "from chatapp.errors import Invalid\nraise Invalid(f'at most {limit}')",
        "from chatapp.errors import Invalid\nraise Invalid",
        "from chatapp.errors import Invalid\nraise Invalid('argument_too_long')",
        "from chatapp.errors import Invalid\nraise Invalid('argument_too_long', most=3)",
        "from chatapp.errors import Invalid\nraise Invalid('argument_too_long', limit=3, most=3)",
        "from chatapp.errors import Invalid\nraise Invalid('argument_too_long', **limits)",
        "from chatapp.errors import DatabaseUnavailable\nDatabaseUnavailable('disk_full' if full else 'of_no_kind')",
        "from chatapp import errors\nerror = errors.NotFound('of_no_kind')",
        "from chatapp import limits\nlimits.check('login', '1/minute', 'a', reason='busy')",
        "f(error_reason='of_no_kind')",
    ],
)
def test_an_error_that_nobody_could_be_told_is_found(source: str) -> None:
    assert list(wrong_reasons(Module("chatapp.accounts.service", source)))
