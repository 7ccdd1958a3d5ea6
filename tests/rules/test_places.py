"""Things that have one place, and things that have none: the environment, the clock, queries, commits, JavaScript."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.rules.source_tree import Module, is_within, modules, refuse


@dataclass(frozen=True)
class Place:
    """Some names and the only modules of chatapp that may use them; `why` is what breaks elsewhere."""

    why: str
    names: frozenset[str]
    modules: frozenset[str] = field(default=frozenset())

    def allows(self, module: Module) -> bool:
        """Whether `module` is one of the places; "*.queries" stands for the queries of every domain."""
        _, _, last = module.name.rpartition(".")
        return bool({module.name.removeprefix("chatapp."), f"*.{last}"} & self.modules)


def names(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


DOCTOR = names("doctor.answers doctor.generations doctor.people doctor.trees")
"""Damage belongs to no person: the operator's look at the whole database has no owner to filter by."""

PLACES = (
    Place(
        "one class holds every setting",
        names("os.environ os.environb os.getenv os.putenv"),
        names("settings cli.environment"),
    ),
    Place(
        "Reflex is set up by its own variables, which are no settings of ours",
        names("reflex_base.environment"),
        names("chatapp cli.server"),
    ),
    Place(
        "queries hold the filter by owner",
        names("sqlmodel.select sqlalchemy.select sqlalchemy.sql.select sqlalchemy.text sqlmodel.text")
        | names("sqlalchemy.sql.expression sqlmodel.sql.expression"),
        names("*.queries *.lifecycle models.base models.generation doctor.postgres_copy doctor.sqlite_copy") | DOCTOR,
    ),
    Place(
        "what changes rows without loading them needs the same filter",
        names("sqlalchemy.update sqlalchemy.delete sqlalchemy.insert sqlmodel.update sqlmodel.delete sqlmodel.insert"),
        names("*.queries *.lifecycle conversations.commands") | DOCTOR,
    ),
    Place(
        "tests and rules can find every use of the clock",
        names("datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today"),
        names("clock"),
    ),
    Place(
        "one renderer, set so that no text can run, load or hide anything",
        names("reflex.markdown reflex.code_block reflex.data_editor reflex.el.script reflex.script"),
        names("ui.components.markdown"),
    ),
    Place(
        "returned by a handler, these are evaluated as code in the page, which the policy forbids",
        names("reflex.call_script reflex.run_script reflex.html reflex.event.call_script")
        | names("reflex.event.run_script reflex.event.call_function reflex_base.event.call_script")
        | names("reflex_base.event.run_script reflex_base.event.call_function"),
    ),
    Place(
        "compiled into the page it is a function of ours; returned by a handler, it would be code too",
        names("reflex.call_function"),
        names("ui.components.composer ui.components.printing"),
    ),
    Place("an import that no table can see", names("importlib.import_module importlib.util __import__ exec eval")),
)

PROPS_ONLY = names("reflex.toast reflex.set_clipboard reflex.scroll_to reflex.back")
"""Allowed as `on_click=rx.set_clipboard(...)`: compiled into the page, not sent to it as code."""

RENDERER = "chatapp.ui.components.markdown"
WRITES_SQL = {"chatapp.db.database", "chatapp.health", "chatapp.db.migrations"}

SPOKEN = re.compile(r"[A-Z][a-z]+(?:[ ,'.] ?[^(]*)?", re.DOTALL)
"""A label or a sentence, and no name or code."""

CODE_HOOKS = names("add_custom_code add_hooks _get_custom_code _get_hooks _get_dynamic_imports")


def out_of_place(module: Module) -> Iterator[str]:
    """Uses of names that have their place elsewhere, or nowhere."""
    for place in PLACES:
        if not place.allows(module):
            for line, name in set(module.uses()):
                if any(is_within(name, kept) for kept in place.names):
                    home = ", ".join(sorted(place.modules)) or "nowhere"
                    yield f"{module.at(line)} uses {name}, whose place is {home}: {place.why}"


def commits(module: Module) -> Iterator[str]:
    """Calls of `.commit()` outside the one transaction."""
    if module.name != "chatapp.db.database":
        yield from _at(module, lambda node: isinstance(node, ast.Attribute) and node.attr == "commit")


def raw_sql(module: Module) -> Iterator[str]:
    """SQL that is written out, where no query is looked for."""
    if module.name not in WRITES_SQL:
        yield from _at(module, lambda node: isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql")


def raw_html(module: Module) -> Iterator[str]:
    """HTML that is put into the page as it is, under any spelling."""
    for line, text in module.strings():
        if "dangerouslySetInnerHTML" in text:
            yield module.at(line)
    yield from _keywords(module, "dangerouslySetInnerHTML", "dangerously_set_inner_html")


def callbacks(module: Module) -> Iterator[str]:
    """`callback=` makes Reflex send the page code to evaluate."""
    yield from _keywords(module, "callback")


def wrapped_packages(module: Module) -> Iterator[str]:
    """Components of npm packages, other than the renderer; those of our own scripts are none."""
    if module.name == RENDERER:
        return
    for made in module.classes():
        for node in made.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            is_ours = isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("'$/utils/")
            if any(isinstance(target, ast.Name) and target.id == "library" for target in targets) and not is_ours:
                yield f"{module.at(node.lineno)} {made.name}"


def code_for_the_page(module: Module) -> Iterator[str]:
    """Methods that write JavaScript into the page."""
    if module.name != RENDERER:
        yield from (module.at(made.lineno) for made in module.functions() if made.name in CODE_HOOKS)


def effects_outside_props(module: Module) -> Iterator[str]:
    """Client-side effects that are not the value of an `on_...` property of a component."""
    in_props = set()
    if any(is_within(module.name, part) for part in ("chatapp.ui.components", "chatapp.ui.pages")):
        keywords = [node for node in module.nodes if isinstance(node, ast.keyword)]
        props = [node.value for node in keywords if (node.arg or "").startswith("on_")]
        in_props = {id(part) for prop in props for part in ast.walk(prop)}
    yield from _at(module, lambda node: module.meaning(node) in PROPS_ONLY and id(node) not in in_props)
    yield from (module.at(line) for line, name in module.imports() if name in PROPS_ONLY)


def spoken_words(module: Module) -> Iterator[str]:
    """Words that a component or a state of the page is given where it is made."""
    if any(is_within(module.name, f"chatapp.ui.{part}") for part in ("components", "pages", "state")):
        calls = (node for node in module.nodes if isinstance(node, ast.Call))
        given = (value for call in calls for value in (*call.args, *(keyword.value for keyword in call.keywords)))
        parts = (part for value in given for part in (value.values if isinstance(value, ast.JoinedStr) else [value]))
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and SPOKEN.fullmatch(part.value):
                yield f"{module.at(part.lineno)} {part.value!r}"


Checker = Callable[[Module], Iterator[str]]
INSTEAD: dict[Checker, str] = {
    out_of_place: "Use what the module that is named offers",
    commits: "Do it in `async with database.writing()`, which commits at its end",
    raw_sql: "Write it with select() in the domain's queries.py",
    raw_html: "Show text as components, or through ui.components.markdown",
    callbacks: "Send what is needed along with the event: `on_change=State.handler`",
    wrapped_packages: "Use a component of Reflex; only ui.components.markdown wraps a package",
    code_for_the_page: "Do it with state, components and CSS; JavaScript has its one place in ui.components.markdown",
    spoken_words: "Give it a name in chatapp/words.py",
    effects_outside_props: "Make it a property of a component, `on_click=rx.set_clipboard(...)`, or a state variable",
}


def _at(module: Module, found: Callable[[ast.AST], bool]) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.expr) and found(node):
            yield module.at(node.lineno)


def _keywords(module: Module, *forbidden: str) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.keyword) and node.arg in forbidden:
            yield f"{module.at(node.value.lineno)} {node.arg}="


@pytest.mark.parametrize("check", INSTEAD, ids=lambda check: check.__name__)
def test_what_has_a_place_is_used_nowhere_else(check: Checker) -> None:
    refuse((finding for module in modules("chatapp") for finding in check(module)), INSTEAD[check])


def test_every_place_is_a_module_that_exists() -> None:
    known = {module.name.removeprefix("chatapp.") for module in modules("chatapp")}
    starred = {f"*.{name.rpartition('.')[2]}" for name in known}
    named = frozenset().union(*(place.modules for place in PLACES))
    assert named - known - starred == set()


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (out_of_place, "import os\nos.environ['A']"),
        (out_of_place, "from os import environ as e"),
        (out_of_place, "import os as o\nx = o.getenv('A')"),
        (out_of_place, "from reflex_base import environment"),
        (out_of_place, "import sqlmodel\nq = sqlmodel.select(1)"),
        (out_of_place, "from sqlalchemy import text"),
        (out_of_place, "from sqlalchemy import delete"),
        (out_of_place, "from datetime import UTC, datetime\ndatetime.now(UTC)"),
        (out_of_place, "import datetime as dt\ndt.datetime.utcnow()"),
        (out_of_place, "import reflex as rx\nrx.markdown('a')"),
        (out_of_place, "import reflex as rx\nrx.call_script('a')"),
        (out_of_place, "from reflex.event import run_script"),
        (out_of_place, "import reflex as rx\nrx.html('a')"),
        (out_of_place, "eval('1')"),
        (commits, "async def f(db): await db.commit()"),
        (raw_sql, "async def f(db): await db.exec_driver_sql('SELECT 1')"),
        (raw_html, "p = {'dangerouslySetInnerHTML': 1}"),
        (raw_html, "f(dangerously_set_inner_html=1)"),
        (callbacks, "f(callback=1)"),
        (wrapped_packages, "class A(B):\n    library = 'a@1'"),
        (wrapped_packages, "class A(B):\n    library: str = 'a@1'"),
        (code_for_the_page, "class A(B):\n    def add_custom_code(self): return []"),
        (spoken_words, "rx.el.button('Delete', type='button')"),
        (spoken_words, "rx.el.p(f'Hello, {name}')"),
        (spoken_words, "rx.cond(known, rx.el.span(title='Show all. It takes a moment.'))"),
        (effects_outside_props, "import reflex as rx\nasync def f(self): return rx.toast('a')"),
        (effects_outside_props, "import reflex as rx\ndef f(self): yield rx.toast.error('a')"),
        (effects_outside_props, "from reflex import scroll_to"),
        (effects_outside_props, "import reflex as rx\nrx.button(on_click=rx.back())"),
    ],
)
def test_something_out_of_its_place_is_found(check: Checker, source: str) -> None:
    assert list(check(Module("chatapp.ui.state.page", source)))


def test_a_component_of_our_own_scripts_is_allowed() -> None:
    module = Module("chatapp.ui.components.card", "class A(B):\n    library = '$/utils/waits.js'")
    assert list(wrapped_packages(module)) == []


@pytest.mark.parametrize("source", ["rx.back()", "rx.button(rx.set_clipboard('a'))", "[rx.scroll_to('a')]"])
def test_an_effect_of_a_component_outside_an_event_property_is_found(source: str) -> None:
    module = Module("chatapp.ui.components.card", f"import reflex as rx\n{source}")
    assert list(effects_outside_props(module))


@pytest.mark.parametrize("source", ["rx.button(on_click=rx.back())", "rx.button(on_click=[rx.set_clipboard('a')])"])
def test_an_effect_as_an_event_property_is_allowed(source: str) -> None:
    module = Module("chatapp.ui.components.card", f"import reflex as rx\n{source}")
    assert list(effects_outside_props(module)) == []
