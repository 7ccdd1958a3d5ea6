"""One HTTP connection: uvicorn's, with a deadline for each head and each body, and a limit to how many there are."""

import asyncio
import socket
from typing import TYPE_CHECKING, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatapp.limits import client_address
from chatapp.log import get_logger
from chatapp.repeated import Repeated

if TYPE_CHECKING:
    from chatapp.connections.configuration import ServerConfig

HEAD_SECONDS = 10.0
"""For the first byte of a connection and the whole head of each request."""

BODY_SECONDS = 10.0
BODY_BYTES_PER_SECOND = 8_000
"""A body may go on for as long as so much of it comes: a phone with a poor connection sends more than that."""

UNREAD_SECONDS = 60
"""How long a peer may read nothing before the system closes the connection."""

refusals = Repeated(get_logger(__name__))

NO_PLACE = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 10\r\n"
    b"connection: close\r\ncontent-length: 38\r\n\r\nToo many connections. Try again later."
)
TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
    b"content-length: 36\r\n\r\nThe request did not come to its end."
)
"""For a body. A proxy takes a connection that ends without an answer for a server that is down, and asks it no more."""


class HttpConnection(H11Protocol):
    """Closes when its peer keeps it waiting. A websocket takes the connection over, and its place with it.

    Uvicorn has no limits of its own for this. Uses the callbacks that are overridden here, and `conn`, `cycle`,
    `client`, `loop` and `transport`; see `uvicorn/protocols/http/h11_impl.py`.
    """

    config: "ServerConfig"
    _timer: asyncio.TimerHandle | None = None
    _awaited: object = None
    _until = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection if a place is left."""
        super().connection_made(transport)
        address = client_address(self.client[0], "", 0) if self.client and self.config.counts_peers else None
        if not self.config.places.enter(transport, address):
            refusals.warning("connection refused", reason="no place is left", address=address or "a proxy")
            transport.write(NO_PLACE)
            transport.close()
            return
        give_up_unread(transport)
        self._wait_for(h11.IDLE, HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self.config.places.leave(self.transport)
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what is still to come."""
        super().data_received(data)
        awaited, is_ours = self.conn.their_state, self.transport.get_protocol() is self
        if not is_ours or self.transport.is_closing() or awaited not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()
        elif awaited is not self._awaited:
            self._wait_for(awaited, HEAD_SECONDS if awaited is h11.IDLE else BODY_SECONDS)
        elif awaited is h11.SEND_BODY:
            self._until = min(self.loop.time() + BODY_SECONDS, self._until + len(data) / BODY_BYTES_PER_SECOND)

    def shutdown(self) -> None:
        """Close when the server ends, as soon as a request has been answered."""
        if self.conn.our_state is h11.ERROR:
            self.transport.abort()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; in the middle of a response it is too late to say so."""
        refusals.warning("request refused", reason="no HTTP")
        if self.cycle is not None:  # a request before it is still being answered: to nobody from here on
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def _wait_for(self, awaited: object, seconds: float) -> None:
        self._stop_waiting()
        self._awaited, self._until = awaited, self.loop.time() + seconds
        self._timer = self.loop.call_at(self._until, self._check)

    def _stop_waiting(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._awaited = None

    def _check(self) -> None:
        if self._until > self.loop.time():
            self._timer = self.loop.call_at(self._until, self._check)
        elif self._awaited is h11.SEND_BODY and self.conn.our_state is h11.SEND_RESPONSE:
            self.transport.write(TOO_SLOW)
            self.transport.close()
        else:
            self.transport.abort()


def give_up_unread(transport: asyncio.Transport) -> None:
    """Have the system end the connection when its peer takes nothing for long; only Linux can."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connected = cast(socket.socket, transport.get_extra_info("socket"))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
