"""What every test can ask for: settings, a database at the newest revision, a person, a scripted model, a process."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from chatapp import database, limits
from chatapp import settings as settings_module
from chatapp.accounts.principal import Principal
from chatapp.demo_model.server import DemoModel
from chatapp.migrations import migrate
from chatapp.models import User
from chatapp.process import running
from chatapp.settings import Settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running, beside which no async test can start its own."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh installation whose data lives in the test's own folder."""
    made = Settings(
        _env_file=None, data_dir=tmp_path / "data", secret="test secret", discover=False, message_limit="1000/minute"
    )
    settings_module.use(made)
    limits.reset()
    yield made
    limits.reset()


@pytest_asyncio.fixture
async def migrated(settings: Settings) -> AsyncIterator[Settings]:
    """A configured, empty database; yields the settings it belongs to."""
    migrate(settings)
    engine = database.configure(settings.effective_database_url)
    yield settings
    await engine.dispose()


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
    server = DemoModel(port=0)
    await server.start()
    yield ScriptedModel(server)
    await server.close()


@pytest_asyncio.fixture
async def process(settings: Settings, model: ScriptedModel) -> AsyncIterator[Settings]:
    """All services of one process, connected to the scripted model; yields its settings."""
    made = settings.model_copy(update={"openai_base_url": model.server.base_url, "reaper_seconds": 3600})
    migrate(made)
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
