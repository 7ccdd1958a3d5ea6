"""A small app behind our connections, in a thread with the event loop that the app has; clients are plain sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn import Server
from websockets.sync.client import ClientConnection, connect

from chatapp.connections.configuration import ServerConfig
from chatapp.connections.places import Places
from chatapp.connections.unread import Unread
from chatapp.connections.websocket import KNOWN
from tests.waiting import until_sync


class SmallServer:
    """What tests see of it. `heard` is every message that reached the app."""

    def __init__(self, places: Places, *, counts_peers: bool = True, unread: Unread | None = None) -> None:
        self.heard: list[str] = []
        self.places = places
        self.failure: Exception | None = None
        self._server = Server(
            ServerConfig(
                self.wrap(self._app()), "127.0.0.1", 0, places=places, counts_peers=counts_peers, unread=unread
            )
        )

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The app as it is served."""
        return app

    @property
    def unfinished(self) -> dict[str, int]:
        """Bytes of unfinished messages by sender."""
        return dict(cast(ServerConfig, self._server.config).unfinished)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def client(self, *, source: str = "127.0.0.1") -> socket.socket:
        """A connection from a loopback address of one's choice."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(source, 0))
        made.settimeout(10)
        return made

    def websocket(self, *, source: str = "127.0.0.1", sender: str = "ada", **headers: str) -> ClientConnection:
        """A websocket from a loopback address of one's choice. Raises InvalidStatus when it is refused."""
        return connect(
            f"ws://127.0.0.1:{self.port}/talk?sender={sender}",
            sock=self.client(source=source),
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            max_size=None,
            legacy=True,
        )

    def get(self, *, source: str = "127.0.0.1") -> bytes:
        """What a request without a body is answered."""
        with self.client(source=source) as asking:
            asking.sendall(b"GET /read HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return read_all(asking)

    def run(self) -> None:
        """Serve until it is told to end, and keep what it fails with."""
        try:
            uvloop.new_event_loop().run_until_complete(self._server.serve())
        except Exception as error:
            self.failure = error

    def end(self) -> None:
        """Have it end now, whoever is connected."""
        self._server.should_exit = True

    def is_up(self) -> bool:
        """Whether it listens."""
        return self._server.started

    def _app(self) -> Starlette:
        async def read(request: Request) -> PlainTextResponse:
            return PlainTextResponse(f"{len(await request.body())} bytes")

        async def talk(connected: WebSocket) -> None:
            if sender := connected.query_params.get("sender"):
                connected.scope[KNOWN](sender)
            await connected.accept()
            try:
                async for text in connected.iter_text():
                    self.heard.append(text)
                    await connected.send_text("x" * int(text) if text.isdecimal() else text)
            except WebSocketDisconnect:
                pass

        return Starlette(routes=[Route("/read", read, methods=["GET", "POST"]), WebSocketRoute("/talk", talk)])


@contextmanager
def serving(server: SmallServer) -> Iterator[SmallServer]:
    """Serve for as long as the block runs."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until_sync(server.is_up, what="the server")
        yield server
    finally:
        server.end()
        thread.join(timeout=10)
        assert not server.failure


def read_all(connected: socket.socket) -> bytes:
    """All that comes until the server closes; a reset is an end too. Raises TimeoutError."""
    received = b""
    try:
        while piece := connected.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def read_until(connected: socket.socket, words: bytes) -> None:
    """Read until `words` come. Raises TimeoutError, AssertionError when the server closes before."""
    received = b""
    while words not in received:
        piece = connected.recv(65_536)
        assert piece, received
        received += piece


def send_slowly(connected: socket.socket, data: bytes, *, every_seconds: float, goodbye: bytes = b"") -> None:
    """Send byte by byte until the server closes, which may begin with `goodbye`.

    Raises AssertionError when it says anything else, or is still there after all of `data`.
    """
    connected.settimeout(every_seconds)
    for byte in data:
        try:
            connected.sendall(bytes([byte]))
            assert connected.recv(1) in {b"", goodbye}
        except TimeoutError:
            continue
        except ConnectionError:
            pass
        return
    raise AssertionError("it was never closed")
