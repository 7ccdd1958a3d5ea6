"""A browser that talks to the auth routes behind the origin check."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from starlette.applications import Starlette

from chatapp.accounts.routes import AuthRoutes
from chatapp.settings import Settings
from chatapp.web.origins import CheckOrigins
from tests.accounts.browsing import OWN_ORIGIN


@pytest_asyncio.fixture
async def client(migrated: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A cookie-keeping client on a page of the app itself."""
    app = CheckOrigins(migrated)(Starlette(routes=AuthRoutes(migrated).routes()))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=OWN_ORIGIN, headers={"origin": OWN_ORIGIN}) as made:
        yield made
