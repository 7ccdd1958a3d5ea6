"""A registry whose providers are real and talk to servers of the test."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from chatapp import settings as settings_module
from chatapp.accounts.principal import Principal
from chatapp.providers import registry
from chatapp.providers.registry import Registry
from chatapp.settings import Endpoint, Settings
from tests.providers.scripted_server import ScriptedServer


@pytest.fixture
def somebody() -> Principal:
    return Principal("u1", "somebody", is_admin=False, session_hash="")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def endpoint(server: ScriptedServer) -> Endpoint:
    return Endpoint(name="Box", base_url=server.base_url)


UseEndpoints = Callable[..., Registry]


@pytest_asyncio.fixture
async def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[UseEndpoints]:
    """Makes endpoints, and settings where given, those of this process until the test ends."""
    made: list[Registry] = []

    def use_endpoints(*endpoints: Endpoint, demo_url: str | None = None, **values: object) -> Registry:
        changed = settings.model_copy(update=values)
        made.append(Registry(changed, endpoints, demo_url))
        monkeypatch.setattr(settings_module, "_current", changed)
        monkeypatch.setattr(registry, "_current", made[-1])
        return made[-1]

    yield use_endpoints
    for one in made:
        await one.aclose()
