"""Who may import whom: arrows point one way, and each library has its place.

The two tables are the rule; nothing that they do not name is allowed. Every import counts, wherever it stands.
"""

import sys
from collections.abc import Iterable, Iterator

import pytest

from tests.rules.source_tree import Module, is_within, modules, refuse

GROUND = {"errors", "clock", "log", "settings"}
DOMAIN = GROUND | {"db.database", "limits", "models"}
GENERATIONS = DOMAIN | {
    "accounts.principal",
    "conversations",
    "generations",
    "metrics",
    "streaming.ending",
    "streaming.event_log",
    "streaming.events",
    "streaming.hub",
    "streaming.notices",
}
PAGE_PARTS = {"ui.components", "web.page_errors", "web.restarting", "ui.state", "ui.theme", "words"}
EVERYTHING = {"chatapp"}

OURS: dict[str, set[str]] = {
    # The ground: knows nothing that stands on it.
    "errors": set(),
    "sentences": set(),
    "words": {"errors", "sentences"},  # only where somebody reads them
    "clock": set(),
    "page_sources": set(),
    "endpoint_address": set(),
    "env_file": {"errors"},
    "data_directory": {"errors"},
    "kept_secret": {"data_directory", "errors"},
    "version": set(),
    "web_origin": set(),
    "database_address": set(),
    "setting_types": {"database_address", "kept_secret", "web_origin"},
    "settings": {"errors", "endpoint_address", "env_file", "database_address", "kept_secret", "setting_types"},
    "log": {"redaction", "repeated"},
    "metrics": set(),
    "redaction": set(),
    "repeated": set(),
    "token_bucket": set(),
    "limits": GROUND | {"repeated"},
    "db": GROUND | {"data_directory", "db"},
    "redis_client": {"errors", "log", "metrics"},
    "models": {"models", "errors", "clock"},
    # The two worlds outside: models over HTTP, and a stand-in for them that must not know us.
    "demo_model": {"demo_model"},
    "providers": {"providers", "clock", "endpoint_address", "errors", "log", "settings"},
    "providers.explain": {
        "endpoint_address",
        "errors",
        "providers",
        "words",
    },  # cuts what a server says to what is left
    # The event log: carries text, and knows neither who writes nor who shows it.
    "streaming": {"streaming", "errors", "log"},
    "streaming.redis_log": {"errors", "redis_client", "streaming"},
    # The domains. Only those that talk to a model may know that providers exist.
    "accounts": DOMAIN | {"accounts"},
    "accounts.routes": {"accounts", "errors", "limits", "settings", "words"},
    "catalog": DOMAIN | {"accounts.principal", "catalog", "providers"},
    "conversations": DOMAIN | {"accounts.principal", "conversations", "streaming.notices"},
    "generations": GENERATIONS,
    "generations.context": {"errors", "generations.estimate", "providers"},
    "generations.dispatch": {"errors", "log"},  # the composition root hands it its home; it must know none
    "generations.executor": {"generations.lifecycle", "generations.runner"},
    "generations.prompt": GENERATIONS | {"catalog.service", "providers.base"},
    "generations.queries": GENERATIONS | {"conversations.access", "providers.base"},
    "generations.sources": {"providers.base"},
    "generations.runner": GENERATIONS | {"catalog.service", "providers"},
    "generations.second_try": GENERATIONS | {"providers"},
    "generations.writer": GENERATIONS | {"providers.base"},
    "titles": DOMAIN | {"conversations", "generations.queries", "providers", "streaming.notices", "titles"},
    # The read side of a page: conversations and their answers together, and what is new in them.
    "reading": DOMAIN
    | {"accounts.principal", "conversations", "generations.asking", "generations.queries"}
    | {"generations.message_queue.queries", "reading", "streaming"},
    # What stands between the network and the page: origins, frames, bindings, the guard. It knows no part of the page.
    "web": {
        "accounts",
        "clock",
        "connections.websocket",
        "errors",
        "limits",
        "log",
        "repeated",
        "settings",
        "token_bucket",
    }
    | {"web", "words"},
    # The page. Components know states, states know services, no part of it knows a table or a provider.
    "ui": {"settings"},
    "ui.build": {"page_sources"},
    "ui.frontend_patches": {"errors"},
    "ui.own_address": {"ui.frontend_patches"},
    "ui.reconnecting": {"ui.frontend_patches"},
    "ui.text": {"ui.text"},
    "ui.theme": {"ui.frontend_patches"},
    "ui.components": PAGE_PARTS,
    "ui.components.code_colours": PAGE_PARTS | {"ui.frontend_patches"},
    "ui.pages": PAGE_PARTS,
    "ui.pages.signup": PAGE_PARTS | {"accounts.passwords"},
    "ui.state": {"metrics", "accounts", "clock", "catalog", "errors", "log", "settings"}
    | {"conversations", "generations.asking", "generations.message_queue.service", "generations.queries"}
    | {"generations.service", "reading"}
    | {"streaming.hub", "streaming.pacing", "ui.state", "ui.text", "web", "words"},
    "ui.state.message_view": {"generations.queries", "generations.service", "reading.history", "ui.state.rows"}
    | {"ui.text"},
    "ui.state.queued_rows": {"generations.message_queue.queries", "ui.text"},
    "ui.state.rows": {"conversations.order.service", "generations.queries", "providers.base", "ui.state.views"}
    | {"words"},
    # Whoever connects, before the app hears of it.
    "connections": {"connections", "limits", "log", "repeated", "token_bucket"},
    # What starts and watches the rest.
    "health": {"db.database", "limits", "metrics", "db.migrations", "settings", "streaming.hub"},
    "process": DOMAIN
    | {"accounts", "catalog.service", "titles.job", "demo_model", "generations", "providers"}
    | {"redis_client", "streaming", "jobs.queue"},
    # What Dramatiq calls. It must start without the page, and knows answers only by their ids.
    "jobs": {"errors", "jobs"},
    "worker": {"jobs", "log", "settings", "worker"},
    "worker.services": {"titles.job", "generations.executor", "log", "process", "settings"},
    "worker.serving": {"jobs", "log", "metrics", "settings", "worker"},
    # Looks at every table, whoever it belongs to, and copies the whole; for the operator, never for a page.
    "doctor": DOMAIN | {"doctor", "generations.queries", "db.migrations", "db.sqlite_file"},
    "cli": GROUND
    | {"accounts", "cli", "data_directory", "db.database", "doctor", "db.migrations", "page_sources", "db.sqlite_file"}
    | {"web_origin"},
    "cli.ratings": {"cli", "reading.ratings"},
    "cli.server": {"connections", "log", "settings"},
    "cli.frontend": {"cli.backend_address", "data_directory", "errors", "page_sources"},
    "cli.exported_files": {"cli", "page_sources", "settings", "web.content_security_policy"},
    "cli.worker": {"cli.commands", "cli.data_lock", "cli.database_work", "cli.port", "errors", "worker.serving"}
    | {"connections.open_files"},
    "__main__": {"cli", "errors", "version", "words"},
    "chatapp": EVERYTHING,
}
"""Part of chatapp -> what of chatapp it may import. The longest name that fits a module is its row."""

LIBRARIES: dict[str, set[str]] = {
    "annotated_types": {"ui", "web"},  # pydantic's words for lengths
    "alembic": {"db.migrations"},
    "argon2": {"accounts.passwords"},
    "dramatiq": {"jobs", "worker"},
    "genai_prices": {"catalog.prices", "catalog.service"},
    "uvicorn": {"cli.server", "connections"},
    "websockets": {"connections"},
    "uvloop": {"cli.server", "jobs.dramatiq_compat"},
    "h11": {"connections", "demo_model"},
    "httpx2": {"providers.http_client", "providers.openai_provider", "providers.paced_reading"},
    "itsdangerous": {"accounts.flash"},
    "dotenv": {"env_file"},
    "idna": {"endpoint_address", "web_origin"},
    "limits": {"limits", "setting_types", "settings"},
    "markdown_it": {"ui.text.live_text"},
    "openai": {"providers.http_client", "providers.openai_provider"},
    "prometheus_client": {"metrics"},
    "psycopg": {"db.database", "cli.checked_settings"},
    "pydantic": {"setting_types", "settings", "web.arguments"},
    "pydantic_settings": {"settings"},
    "redis": {"redis_client", "streaming.redis_log", "jobs"} | {"cli.checked_settings"},
    "reflex": {"ui", "web", "chatapp", "cli.server"},
    "reflex_base": {"ui", "web", "chatapp", "cli.server"},
    "reflex_components_core": {"ui.components"},
    "sqlalchemy": {"db.database", "db.migrations", "models", "accounts", "conversations", "generations", "health"}
    | {"doctor", "db.sqlite_dialect", "db.sqlite_file"}
    | {"cli.checked_settings", "cli.serve", "database_address"},  # which only take the address of a database apart
    "sqlmodel": {"db.database", "models", "accounts", "conversations", "doctor", "generations", "reading"},
    "starlette": {"accounts.cookies", "accounts.routes", "health", "web", "chatapp", "cli.server", "connections"},
    "structlog": {"log", "repeated"},
    "typing_extensions": {"web.arguments", "ui.state"},  # pydantic wants its TypedDict, before Python 3.12
}
"""Library -> the parts of chatapp that may import it."""

MARKDOWN = "ui.components.markdown"
PAGES_WITH_MARKDOWN = {"ui.pages.chat"}
"""Each page is one chunk of JavaScript, and the renderer is by far the heaviest thing that one can hold."""


def short(module: Module) -> str:
    """The module's name inside the package chatapp."""
    return module.name.removeprefix("chatapp").removeprefix(".")


def row_of(name: str) -> str | None:
    """The row of OURS that rules the module `name`: the longest that fits."""
    return max((row for row in OURS if is_within(name, row)), key=len, default=None)


def imported_parts(module: Module) -> Iterator[tuple[int, str]]:
    """Line and short name of each import of something of ours."""
    for line, name in module.imports():
        if is_within(name, "chatapp"):
            yield line, name.removeprefix("chatapp").removeprefix(".") or "chatapp"


def forbidden_imports(module: Module) -> Iterator[str]:
    """What `module` imports although no row of OURS lets it."""
    row = row_of(short(module))
    if row is None:
        yield f"{module.at()} has no row in the table OURS"
        return
    allowed = OURS[row]
    for line, name in imported_parts(module):
        if allowed != EVERYTHING and not any(is_within(name, part) for part in allowed):
            yield f"{module.at(line)} imports {name}, which the row '{row}' does not allow"


def forbidden_libraries(module: Module) -> Iterator[str]:
    """What `module` imports from outside although LIBRARIES does not let it."""
    for line, name in module.imports():
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library == "chatapp":
            continue
        if not any(is_within(short(module), part) for part in LIBRARIES.get(library, ())):
            yield f"{module.at(line)} imports {library}, whose place is {sorted(LIBRARIES.get(library, ()))}"


def reached_from(start: str, tree: Iterable[Module]) -> set[str]:
    """The short names of all modules that importing `start` imports, directly or not."""
    by_name = {short(module): module for module in tree}
    reached, waiting = set(), {start}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        parts = {part for _, part in imported_parts(by_name[name])}
        waiting |= {part for found in parts for part in (found, found.rpartition(".")[0]) if part in by_name} - reached
    return reached


@pytest.mark.parametrize("module", modules("chatapp"), ids=lambda module: module.name)
def test_a_module_imports_only_what_its_row_allows(module: Module) -> None:
    if short(module):
        refuse(
            forbidden_imports(module), "Have a module that may import it do this, and call that; or argue for the row"
        )
    refuse(forbidden_libraries(module), "Use what the library's own module offers, or enter a new library in the table")


def test_every_row_of_the_table_rules_something() -> None:
    ruled = {row_of(short(module)) for module in modules("chatapp")}
    assert set(OURS) - ruled == set()


def test_every_part_that_the_tables_name_exists() -> None:
    names = {short(module) for module in modules("chatapp")}
    named = set().union(*OURS.values(), *LIBRARIES.values()) - EVERYTHING
    assert {part for part in named if part not in names} == set()


def test_only_the_pages_with_messages_load_the_markdown_renderer() -> None:
    pages = {short(module) for module in modules("chatapp") if short(module).startswith("ui.pages.")}
    assert {page for page in pages if MARKDOWN in reached_from(page, modules("chatapp"))} == PAGES_WITH_MARKDOWN


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("chatapp.ui.state.page", "from chatapp.providers import registry"),
        ("chatapp.ui.state.page", "def f():\n    import chatapp.providers.registry as r"),
        ("chatapp.ui.state.page", "if TYPE_CHECKING:\n    from chatapp.models import User"),
        ("chatapp.ui.components.sidebar", "from ...providers import registry"),
        ("chatapp.streaming.hub", "from chatapp import ui"),
        ("chatapp.generations.dispatch", "from chatapp.generations.local_home import LocalHome"),
        ("chatapp.demo_model.server", "from chatapp.errors import Invalid"),
        ("chatapp.settings", "import chatapp"),
        ("chatapp.settings_reader", "import os"),
    ],
)
def test_a_forbidden_import_of_ours_is_found(name: str, source: str) -> None:
    assert len(list(forbidden_imports(Module(name, source)))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("chatapp.providers.registry", "from openai import AsyncOpenAI"),
        ("chatapp.generations.runner", "def f():\n    import reflex as rx"),
        ("chatapp.ui.state.page", "from sqlmodel import select"),
        ("chatapp.web.guard", "import a_library_nobody_entered"),
    ],
)
def test_a_library_outside_its_place_is_found(name: str, source: str) -> None:
    assert len(list(forbidden_libraries(Module(name, source)))) == 1


def test_a_heavy_page_is_found_through_its_components() -> None:
    page = Module("chatapp.ui.pages.login", "from chatapp.ui.components.card import card")
    card = Module("chatapp.ui.components.card", "from chatapp.ui.components.markdown import markdown")
    assert MARKDOWN in reached_from("ui.pages.login", [page, card, Module(f"chatapp.{MARKDOWN}", "")])
