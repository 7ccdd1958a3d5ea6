"""An update goes to the page it is for, and to nobody when that has gone."""

from collections.abc import AsyncIterator
from typing import cast

import pytest
from engineio.packet import Packet  # type: ignore[import-untyped]
from reflex.app import EventNamespace
from reflex.state import StateUpdate

from chatapp import chatapp

NAMESPACE = "/_event"
EVENTS = cast(EventNamespace, chatapp.app.event_namespace)


class Pages:
    """Pages that are connected to the app, of which each has a token, and what goes over whose websocket."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, str]] = []
        self._sids: dict[str, str] = {}

    async def open(self, token: str) -> None:
        """Connect one more."""
        self._sids[token] = await EVENTS.server.manager.connect(f"socket of {token}", NAMESPACE)
        await EVENTS.link_token_to_sid(self._sids[token], token, update_state=False)

    async def close(self, token: str) -> None:
        """Disconnect it."""
        sid = self._sids.pop(token)
        if forgetting := EVENTS.on_disconnect(sid):
            await forgetting
        await EVENTS.server.manager.disconnect(sid, NAMESPACE)

    async def close_all(self) -> None:
        """Disconnect those that are left."""
        for token in list(self._sids):
            await self.close(token)

    async def send_packet(self, socket: str, packet: Packet) -> None:
        """Take what the engine would write to a socket."""
        self.frames.append((socket, packet.encode()))


@pytest.fixture
async def pages(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pages]:
    opened = Pages()
    monkeypatch.setattr(EVENTS.server.eio, "send_packet", opened.send_packet)
    yield opened
    await opened.close_all()


async def test_an_update_reaches_its_page_alone(pages: Pages) -> None:
    for token in ("one", "other", "another"):
        await pages.open(token)
    await EVENTS.emit_update(StateUpdate(delta={"state": {"name": "value"}}), token="other")
    (socket, frame), *more = pages.frames
    assert (socket, more) == ("socket of other", [])
    assert frame.startswith('42/_event,["event",{"delta":{"state":{"name":"value"}}')


@pytest.mark.parametrize("token", ["one", "", "/_event", "socket of other"])
async def test_an_update_for_a_page_that_is_not_there_reaches_nobody(pages: Pages, token: str) -> None:
    for opened in ("one", "other"):
        await pages.open(opened)
    await pages.close("one")
    await EVENTS.emit_update(StateUpdate(delta={"state": {}}), token=token)
    assert pages.frames == []


async def test_a_page_is_told_nothing_by_the_id_of_another_ones_socket(pages: Pages) -> None:
    await pages.open("one")
    sid = EVENTS.token_to_sid["one"]
    await EVENTS.emit_update(StateUpdate(delta={"state": {}}), token=sid)
    assert pages.frames == []
