"""A demo model of its own for each test, and a client that hides nothing behind retries."""

from collections.abc import AsyncIterator

import pytest_asyncio
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from chatapp.demo_model.server import DemoModel


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[DemoModel]:
    model = DemoModel(shows_log=True)
    await model.start()
    yield model
    await model.close()


@pytest_asyncio.fixture
async def client(demo: DemoModel) -> AsyncIterator[AsyncOpenAI]:
    # Nothing is encrypted here, and reading all certificates of the system for each test would take its time.
    http_client = DefaultAsyncHttpxClient(verify=False)
    async with AsyncOpenAI(base_url=demo.base_url, api_key="x", max_retries=0, http_client=http_client) as client:
        yield client
