"""What chatapp uses of socket.io and engine.io beyond what Reflex offers to set. When one of them moves, look here.

Reflex makes the server by itself (`App._setup_state` in `reflex/app.py`); both functions change it before anybody
connects. `tests/web/test_socketio_compat.py` has a test of each.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import reflex as rx


def parse_with(app: rx.App, loads: Callable[[str], Any]) -> None:
    """Have packets of the app's websockets parsed by `loads`; others are written and parsed as before.

    Reflex has chosen a JSON module of its own, which is kept for writing. Uses `AsyncServer.packet_class` and its
    `json`; see `socketio/base_server.py` and `socketio/packet.py`.
    """
    assert app.sio is not None
    packet = app.sio.packet_class
    json = SimpleNamespace(dumps=packet.json.dumps, loads=loads)
    app.sio.packet_class = type("ParsedPacket", (packet,), {"json": json})  # the class itself is every server's


def compare_no_origins(app: rx.App) -> None:
    """Keep engine.io from comparing the origins of handshakes, which `origins.py` does.

    Its list has the other origins, and cannot have all of our own. Uses `cors_allowed_origins` of the engine, of which
    [] means so; see `engineio/base_server.py`.
    """
    assert app.sio is not None
    app.sio.eio.cors_allowed_origins = []
