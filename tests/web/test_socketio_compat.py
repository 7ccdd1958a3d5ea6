"""What is used of socket.io beyond its public interface does what it says; an upgrade that breaks it fails here."""

import json

import pytest
import reflex as rx
import socketio  # type: ignore[import-untyped]
from starlette.testclient import TestClient

from chatapp.web import socketio_compat

OTHER_ORIGIN = {"origin": "https://other.example"}


@pytest.fixture
def app() -> rx.App:
    """An app with a server for its websockets, and nothing else."""
    made = rx.App.__new__(rx.App)
    made.sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=["https://our.example"])
    return made


def test_packets_of_this_app_alone_are_parsed_in_our_way(app: rx.App) -> None:
    socketio_compat.parse_with(app, lambda text: {"parsed": text})
    assert app.sio is not None
    assert app.sio.packet_class(encoded_packet='2/_event,["event"]').data == {"parsed": '["event"]'}
    written = app.sio.packet_class(2, namespace="/_event", data=["event", {"a": 1}]).encode()
    assert json.loads(written.partition(",")[2]) == ["event", {"a": 1}]
    other = socketio.AsyncServer(async_mode="asgi")
    assert other.packet_class(encoded_packet='2/_event,["event"]').data == ["event"]


def test_origins_are_no_business_of_the_engine(app: rx.App) -> None:
    client = TestClient(socketio.ASGIApp(app.sio))
    assert client.get("/socket.io/?EIO=4&transport=polling", headers=OTHER_ORIGIN).status_code == 400
    socketio_compat.compare_no_origins(app)
    assert client.get("/socket.io/?EIO=4&transport=polling", headers=OTHER_ORIGIN).status_code == 200
