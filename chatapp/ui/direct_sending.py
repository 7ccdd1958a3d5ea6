"""Sends an update to the one page it is for.

Socket.io sends to rooms: for each recipient it makes a task, and waits for all. Reflex's updates have one recipient
each, and there are seven a second for every page that is being written to: the task and the waiting were 27 of the
41 microseconds that sending one took.
"""

from contextlib import suppress
from typing import Any

import reflex as rx
from engineio.exceptions import SocketIsClosedError  # type: ignore[import-untyped]
from socketio import AsyncManager  # type: ignore[import-untyped]
from socketio.packet import EVENT  # type: ignore[import-untyped]


class DirectManager(AsyncManager):  # type: ignore[misc]
    """Socket.io's manager of clients, which awaits what it sends to a single one."""

    async def emit(  # noqa: PLR0913 - the signature is socket.io's
        self,
        event: str,
        data: Any,
        namespace: str,
        room: str | None = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: str | None = None,
        **options: Any,
    ) -> None:
        """Send `event` with `data`; to nobody if the client is gone."""
        sid = to or room
        eio_sid = self.eio_sid_from_sid(sid, namespace) if isinstance(sid, str) else None
        if eio_sid is None or skip_sid or callback or isinstance(data, tuple | None):
            await super().emit(event, data, namespace, room, skip_sid, callback, to, **options)
            return
        with suppress(SocketIsClosedError):  # it went a moment ago; who has gone is told of elsewhere
            await self.server._send_packet(
                eio_sid, self.server.packet_class(EVENT, namespace=namespace, data=[event, data])
            )


def send_directly(app: rx.App) -> None:
    """Have the app's websocket do so. Call it before anybody connects."""
    assert app.sio is not None
    app.sio.manager = DirectManager()
    app.sio.manager.set_server(app.sio)
