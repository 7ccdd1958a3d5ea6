"""How the server ends: gently at the first signal, and the app before the connections of its pages."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chatapp.cli.server import DrainedServer
from chatapp.connections.configuration import ServerConfig
from chatapp.connections.places import Places
from tests.waiting import until


def farewell() -> Starlette:
    """An app that says goodbye to its page when it ends."""
    connected: list[WebSocket] = []

    async def talk(page: WebSocket) -> None:
        await page.accept()
        connected.append(page)
        with pytest.raises(WebSocketDisconnect):
            await page.receive_text()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await connected[0].send_text("goodbye")

    return Starlette(routes=[WebSocketRoute("/talk", talk)], lifespan=lifespan)


async def test_the_first_signal_ends_the_app_while_its_pages_are_still_connected() -> None:
    server = DrainedServer(ServerConfig(farewell(), "127.0.0.1", 0, places=Places(10, 10), counts_peers=False))
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started

    await until(is_up)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connect(f"ws://127.0.0.1:{port}/talk", compression=None, ping_interval=None) as page:
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL  # else it would end the tests
        signal.raise_signal(signal.SIGTERM)
        assert await page.recv() == "goodbye"
        with pytest.raises(ConnectionClosed):
            await page.recv()
    await asyncio.wait_for(serving, timeout=10)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
