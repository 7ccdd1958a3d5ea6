"""An update goes to the page it is for, without a task, and to nobody when that has gone."""

import asyncio

import pytest
import socketio  # type: ignore[import-untyped]
from engineio.exceptions import SocketIsClosedError  # type: ignore[import-untyped]

from chatapp import chatapp
from chatapp.ui.direct_sending import DirectManager

NAMESPACE = "/_event"


class Wire:
    """What would go over the websockets: pairs of engine.io's id of a client and a frame."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, str]] = []
        self.closed: set[str] = set()

    async def send(self, client: str, frame: str) -> None:
        """Take what is sent to one client."""
        if client in self.closed:
            raise SocketIsClosedError
        self.frames.append((client, frame))

    async def send_packet(self, client: str, packet: object) -> None:
        """The same for what is sent to many."""
        await self.send(client, packet.encode()[1:])  # type: ignore[attr-defined]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def server(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> socketio.AsyncServer:
    made = socketio.AsyncServer(async_mode="asgi", client_manager=DirectManager())
    monkeypatch.setattr(made.eio, "send", wire.send)
    monkeypatch.setattr(made.eio, "send_packet", wire.send_packet)
    return made


async def test_an_update_reaches_its_page_alone_and_makes_no_task(server: socketio.AsyncServer, wire: Wire) -> None:
    one = await server.manager.connect("1", NAMESPACE)
    await server.manager.connect("2", NAMESPACE)
    tasks = asyncio.all_tasks()
    sending = server.emit("event", {"delta": {}}, to=one, namespace=NAMESPACE)
    with pytest.raises(StopIteration):  # it never has to wait
        sending.send(None)
    assert wire.frames == [("1", '2/_event,["event",{"delta":{}}]')]
    assert asyncio.all_tasks() == tasks


async def test_a_page_that_has_gone_is_told_nothing(server: socketio.AsyncServer, wire: Wire) -> None:
    gone = await server.manager.connect("1", NAMESPACE)
    await server.manager.connect("2", NAMESPACE)
    wire.closed.add("1")
    await server.emit("event", {}, to=gone, namespace=NAMESPACE)
    await server.manager.disconnect(gone, NAMESPACE)
    await server.emit("event", {}, to=gone, namespace=NAMESPACE)
    assert wire.frames == []


async def test_what_is_for_everybody_reaches_everybody(server: socketio.AsyncServer, wire: Wire) -> None:
    for client in ("1", "2"):
        await server.manager.connect(client, NAMESPACE)
    await server.emit("event", {}, namespace=NAMESPACE)
    assert sorted(client for client, _ in wire.frames) == ["1", "2"]


def test_the_app_sends_so() -> None:
    assert chatapp.app.sio is not None
    assert isinstance(chatapp.app.sio.manager, DirectManager)
    assert chatapp.app.sio.manager.server is chatapp.app.sio
