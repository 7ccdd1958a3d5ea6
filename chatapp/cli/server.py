"""The web server, in this process: uvicorn around the app, with bounds for whoever connects.

One process: killed with -9 it leaves nothing behind. Not granian, which Reflex would run: it knows no limit for an
address, waits for ever for a body, and keeps all that a page does not read.
"""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvloop
from reflex.utils.prerequisites import get_app
from reflex_base.constants import Env
from reflex_base.environment import environment
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Server

from chatapp import log
from chatapp.connections import open_files, places
from chatapp.connections.configuration import ServerConfig
from chatapp.connections.forwarded import CountForwarded
from chatapp.connections.places import Places
from chatapp.settings import Settings

CUT_SECONDS = 1
"""How long sockets may take to close once everything behind them has ended."""


class DrainedServer(Server):
    """Ends the app, which lets answers finish, while their pages still watch; only then the connections.

    Uvicorn closes connections first. Uses `servers`, `lifespan` and `server_state.connections`; see
    `uvicorn/server.py`.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop once, gently. A second signal finds its default and ends the process at once."""
        loop, signals = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)

        def stop() -> None:
            for number in signals:
                loop.remove_signal_handler(number)
            self.should_exit = True

        for number in signals:
            loop.add_signal_handler(number, stop)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, then the app, then whatever is still open."""
        for listening in self.servers:
            listening.close()
        await self.lifespan.shutdown()
        for connection in list(self.server_state.connections):
            connection.shutdown()


def serve(address: str, settings: Settings, *, with_pages: bool = True) -> int:
    """Serve the built app until SIGINT or SIGTERM, then let it finish; returns 1 if it could not start, else 0."""
    log.hear_python()
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(with_pages)
    # Not asyncio.run: at its end it waits for every task, and one that closes the websocket of a machine that has gone
    # to sleep waits for ever.
    return uvloop.new_event_loop().run_until_complete(_serve(address, settings))


async def _serve(address: str, settings: Settings) -> int:
    sizes = places.how_many(open_files.raise_limit())
    hops = settings.trusted_proxy_hops
    app = CountForwarded(_cut_quietly(get_app().app()), Places(*sizes), hops)
    server = DrainedServer(
        ServerConfig(app, address, settings.port, places=Places(*sizes), counts_peers=hops == 0),
    )
    try:
        await server.serve()
    except SystemExit:  # it could not start, and has said why
        return 1
    await _cut_sockets()
    return 0


async def _cut_sockets() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=CUT_SECONDS)


def _cut_quietly(app: ASGIApp) -> ASGIApp:
    """Who goes in the middle of a request, or is cut when the server stops, is nothing to log a traceback for."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError, ClientDisconnect):
            await app(scope, receive, send)

    return served
