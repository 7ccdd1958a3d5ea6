"""A registry whose providers are real and talk to servers of the test."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from chatapp import settings as settings_module
from chatapp.accounts.principal import Principal
from chatapp.catalog import service
from chatapp.providers import registry
from chatapp.providers.registry import Registry
from chatapp.settings import Endpoint, Settings
from tests.providers.scripted_server import ScriptedServer
from tests.services.real_server import free_port


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


@pytest_asyncio.fixture
async def hanging() -> AsyncIterator[Endpoint]:
    """An endpoint that takes connections and never says anything."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side gives up
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield Endpoint(name="Hangs", base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    server.close()


@pytest.fixture
def unreachable() -> Endpoint:
    """An endpoint at a port on which nobody listens."""
    return Endpoint(name="Down", base_url=f"http://127.0.0.1:{free_port()}/v1")


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
    await service.stop()
    for one in made:
        await one.aclose()
