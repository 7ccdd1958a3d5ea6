"""The configuration of uvicorn: our connections, and none of its own features that could wait for ever or log much.

What is used of uvicorn beyond its documented interface stands in three classes, each of which says what it is:
`HttpConnection`, `WebSocketConnection` and `DrainedServer`. When uvicorn moves, look there first; `tests/connections/`
tries the first two over real sockets, `tests/cli/test_server.py` the third.
"""

from collections import Counter

from starlette.types import ASGIApp
from uvicorn.config import Config

from chatapp.connections.http import HttpConnection
from chatapp.connections.places import Places
from chatapp.connections.unread import Unread
from chatapp.connections.websocket import MESSAGE_BYTES_MAX, WebSocketConnection

BACKLOG = 4_096
"""Connections that the kernel keeps until we get to them; it keeps no more than net.core.somaxconn."""

HEAD_BYTES_MAX = 65_536


class ServerConfig(Config):
    """Uvicorn's configuration with the places that its connections share. `counts_peers` is False behind a proxy,
    whose own address is everybody's."""

    def __init__(  # noqa: PLR0913 - what the caller alone knows
        self,
        app: ASGIApp,
        address: str,
        port: int,
        *,
        places: Places,
        counts_peers: bool,
        unread: Unread | None = None,
    ) -> None:
        self.places = places
        self.unread = unread or Unread()
        self.unfinished: Counter[str] = Counter()
        self.counts_peers = counts_peers
        super().__init__(
            app,
            host=address,
            port=port,
            http=HttpConnection,
            ws=WebSocketConnection,
            ws_max_size=MESSAGE_BYTES_MAX,
            ws_ping_interval=None,  # engine.io has a heartbeat of its own
            ws_per_message_deflate=False,
            lifespan="on",
            backlog=BACKLOG,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,  # each place that wants an address takes it by CHATAPP_TRUSTED_PROXY_HOPS
            server_header=False,
        )
