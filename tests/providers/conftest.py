"""A demo model of its own for each test, and a provider that talks to it with short deadlines."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.demo_model.server import DemoModel
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from tests.providers.scripted_server import ScriptedServer

API_KEY = "sk-test-0123456789"


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Deadlines short enough to be waited for, long enough for a busy machine."""
    return settings.model_copy(
        update={"connect_timeout_seconds": 1.0, "first_part_timeout_seconds": 1.0, "part_timeout_seconds": 0.5}
    )


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[DemoModel]:
    model = DemoModel(shows_log=True)
    await model.start()
    yield model
    await model.close()


@pytest_asyncio.fixture
async def provider(demo: DemoModel, quick: Settings) -> AsyncIterator[OpenAIProvider]:
    endpoint = Endpoint(name="Demo", base_url=demo.base_url, api_key=API_KEY)
    provider = OpenAIProvider(endpoint, quick)
    yield provider
    await provider.aclose()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    await server.start()
    yield server
    await server.close()


@pytest_asyncio.fixture
async def scripted(server: ScriptedServer, quick: Settings) -> AsyncIterator[OpenAIProvider]:
    """A provider that talks to `server`."""
    provider = OpenAIProvider(Endpoint(name="Scripted", base_url=server.base_url, api_key=API_KEY), quick)
    yield provider
    await provider.aclose()
