"""What every test can ask for: settings, a database at the newest revision, a person, a scripted model, a process."""

import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from chatapp import limits
from chatapp import settings as settings_module
from chatapp.accounts import sessions
from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.db.migrations import migrate
from chatapp.demo_model.server import DemoModel
from chatapp.models import User
from chatapp.process import running
from chatapp.settings import Settings
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import RedisServer
from tests.without_services import is_unit, processes_refused

ROOT = Path(__file__).parent
ON_BOTH_DATABASES = frozenset({"accounts", "conversations", "doctor", "generations", "streaming", "test_database.py"})
ALONE = frozenset(
    {"test_kills.py", "test_kills_alone.py", "test_stops.py", "test_queue_kills.py", "test_typed_text.py"}
)
"""Whose tests start so many processes that another test would disturb them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running, beside which no async test can start its own."""
    items.sort(key=_opens_browser)
    for item in items:
        if ALONE.intersection(item.path.parts):
            item.add_marker(pytest.mark.alone)
        elif _opens_browser(item):
            item.add_marker(pytest.mark.browser)
        if is_unit(item):
            item.add_marker(pytest.mark.unit)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Unit tests start no process, nor do their fixtures."""
    with processes_refused() if item.get_closest_marker("unit") else nullcontext():
        return (yield)


def _opens_browser(item: pytest.Item) -> bool:
    return "e2e" in item.path.parts or "browser" in getattr(item, "fixturenames", ())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is about the database runs on both kinds of it, everything else on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        runs_on_both = not ON_BOTH_DATABASES.isdisjoint(metafunc.definition.path.relative_to(ROOT).parts)
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if runs_on_both else ["sqlite"])


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh installation whose data lives in the test's own folder."""
    made = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        secret="of the tests: j4Rz8mQv1tXk7WpL0cYb",
        discover=False,
        message_limit="1000/minute",
    )
    settings_module.use(made)
    limits.reset()
    sessions.forget()
    yield made
    limits.reset()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest revision, to copy: migrating costs 40 ms of CPU and its syncs."""
    made = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("migrated"))
    migrate(made)
    return made.data_dir / "chatapp.db"


@pytest.fixture
def placed(settings: Settings, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """The settings with an empty database of the kind at hand, at the newest revision."""
    if database_kind == "sqlite":
        settings.data_dir.mkdir(parents=True)
        shutil.copy(request.getfixturevalue("migrated_file"), settings.data_dir / "chatapp.db")
        yield settings
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made = settings.model_copy(update={"database_url": server.new_database()})
    settings_module.use(made)
    yield made
    server.drop_database(made.database_url)


@pytest_asyncio.fixture
async def migrated(placed: Settings) -> AsyncIterator[Settings]:
    """A configured, empty database; yields the settings it belongs to."""
    database.configure(placed.effective_database_url)
    yield placed
    await database.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis that all tests share; each empties it first."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that the test may kill."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL that all tests share; each has a database of its own."""
    server = PostgresServer(is_synced=False)  # a third less time for each database
    server.start()
    yield server
    server.stop()


async def add_person(name: str) -> Principal:
    """A person in the database; their password is not known to anybody."""
    async with database.writing() as db:
        user = User(username=name, username_key=name, password_hash="none")
        db.add(user)
    return Principal(user.id, name, is_admin=False, session_hash=f"session of {name}")


class ScriptedModel:
    """The demo model, and what it wrote down about its requests."""

    def __init__(self, server: DemoModel) -> None:
        self.server = server

    async def requests(self, kind: str = "chat") -> list[dict[str, object]]:
        """The requests of one kind so far, oldest first."""
        async with httpx2.AsyncClient() as client:
            entries = (await client.get(self.server.base_url.removesuffix("/v1") + "/log")).json()
        return [entry for entry in entries if entry["kind"] == kind]


@pytest_asyncio.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    """A scripted model server of the test's own."""
    server = DemoModel(shows_log=True)
    await server.start()
    yield ScriptedModel(server)
    await server.close()


@pytest_asyncio.fixture
async def process(placed: Settings, model: ScriptedModel) -> AsyncIterator[Settings]:
    """All services of one process, connected to the scripted model; yields its settings."""
    made = placed.model_copy(update={"openai_base_url": model.server.base_url, "reaper_seconds": 3600})
    async with running(made):
        yield made


@pytest_asyncio.fixture
async def ada(process: Settings) -> Principal:
    """A person."""
    return await add_person("ada")


@pytest_asyncio.fixture
async def eve(process: Settings) -> Principal:
    """Another person, curious about ada's things."""
    return await add_person("eve")
