"""The web server, in this process: granian around the app, as Reflex runs it in production, without its workers.

Granian's usual form is a master and a worker; killed with -9, the master leaves a worker that keeps the port, the
lock and the running answers. Embedded, there is one process and nothing to leave behind.
"""

import asyncio
import signal
from contextlib import suppress

import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from reflex.utils.prerequisites import get_app
from reflex_base.constants import Env
from reflex_base.environment import environment
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.log import SERVER_LOGGERS

CUT_SECONDS = 1
"""How long sockets may take to close once everything behind them has ended."""


def serve(address: str, port: int, *, with_pages: bool = True) -> int:
    """Serve the built app until SIGINT or SIGTERM, then let it finish; returns 1 if it could not start, else 0."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(with_pages)
    # Not asyncio.run: at its end it waits for every task, and one that closes the websocket of a machine that has gone
    # to sleep waits for ever.
    return uvloop.new_event_loop().run_until_complete(_serve(address, port))


async def _serve(address: str, port: int) -> int:
    server = Server(
        target=lambda: _cut_quietly(get_app().app()),
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        log_dictconfig=SERVER_LOGGERS,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, server, loop)
    await server.serve()
    await _cut_sockets()
    return 1 if server.interrupt_children else 0


async def _cut_sockets() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=CUT_SECONDS)


def _cut_quietly(app: ASGIApp) -> ASGIApp:
    """Sockets that are open when the server stops are cut; granian would print a traceback for each."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return served


def _stop(server: Server, loop: asyncio.AbstractEventLoop) -> None:
    """Stop once, gently. A second signal finds its default and ends the process at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
    server.stop()  # type: ignore[no-untyped-call]
