"""A browser tab without a browser: signs up over HTTP, then speaks Reflex's events over the websocket.

It does no more than a load test needs: send a question, note when which counted number arrives, and follow the tab to
the address of its conversation. The frames are those that Chromium was seen to send (Reflex 0.10.1).
"""

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from chatapp.web.reflex_names import HYDRATE, ON_LOAD, handler_name

PASSWORD = "correct horse battery"
SEND = handler_name("chatapp.ui.state.composer.ComposerState", "send")
SLOT = re.compile(r'"[ps]\d+_rx_state_":"([^"\\]*)"')
RECENT = "recent_rx_state_"
REDIRECT = re.compile(r'"path":"/c/([0-9a-f-]{36})"')
STATUS = re.compile(r'"message_rx_state_":\{[^{}]*?"status":"(\w+)"')
"""Of the live row; the finished ones stand in lists."""
ENDED = frozenset({"completed", "stopped", "failed", "interrupted"})


@dataclass
class Tab:
    """One open page of one person. `arrivals` pairs the time of a frame with the newest number in it."""

    socket: ClientConnection
    frames: int = 0
    received_bytes: int = 0
    sent_at: float = 0.0
    conversation_id: str = ""
    status: str = ""
    arrivals: list[tuple[float, int]] = field(default_factory=list)

    async def ask(self, text: str) -> None:
        """Send a question; times are seconds since the epoch, as in the demo model's log."""
        fields = [["text", text], ["client_message_id", str(uuid.uuid4())]]
        self.sent_at, self.status = time.time(), ""
        await self._emit(SEND, {"form": {"__reflex_form_data__": fields}})

    async def watch(self) -> str:
        """Take frames until the answer has ended; returns its state."""
        while self.status not in ENDED:
            await self._take(await self._next())
        return self.status

    async def follow(self) -> None:
        """Take frames for as long as the connection is open."""
        try:
            while True:
                await self._take(await self._next())
        except ConnectionClosed:
            return

    async def settle(self) -> None:
        """Take frames until the page is filled."""
        while '"is_hydrated_rx_state_":true' not in await self._next():
            pass

    async def _take(self, frame: str) -> None:
        if newest := newest_number(SLOT.findall(frame)):
            self.arrivals.append((time.time(), newest))
        if found := STATUS.search(frame):
            self.status = found[1]
        if self.status not in ENDED and f'"{RECENT}":[{{' in frame:
            self._take_finished(last_row(frame))
        if (found := REDIRECT.search(frame)) and not self.conversation_id:
            self.conversation_id = found[1]
            await self._emit(ON_LOAD, {})

    def _take_finished(self, row: dict[str, str]) -> None:
        """Take an answer that was complete before this page first looked: it stands among the finished messages."""
        if row["role"] == "assistant" and row["status"] in ENDED:
            self.status = row["status"]
            self.arrivals.append((time.time(), newest_number([row["text"]])))

    async def _next(self) -> str:
        while (frame := str(await self.socket.recv())) == "2":  # the heartbeat of engine.io
            await self.socket.send("3")
        self.frames += 1
        self.received_bytes += len(frame.encode())
        return frame

    async def _emit(self, name: str, payload: dict[str, object]) -> None:
        event = {"name": name, "payload": payload, "router_data": _address(self.conversation_id)}
        await self.socket.send(f"42/_event,{json.dumps(['event', event])}")


def newest_number(texts: Iterable[str]) -> int:
    """The largest number that one of these texts of a counting answer ends with; 0 if there is none."""
    ends = (text.rpartition(" ")[2] for text in texts)
    return max((int(end) for end in ends if end.isdecimal()), default=0)


def last_row(frame: str) -> dict[str, str]:
    """The last finished message of a frame that brings some, as the page gets it."""
    _, update = json.loads(frame.partition(",")[2])
    (rows,) = (state[RECENT] for state in update["delta"].values() if RECENT in state)
    row: dict[str, str] = rows[-1]
    return row


async def sign_up(url: str, username: str = "") -> str:
    """Make a person, with a name nobody has unless one is given; returns the cookie that signs them in."""
    form = {"username": username or f"person-{uuid.uuid4().hex[:12]}", "password": PASSWORD}
    async with httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=60) as client:
        response = await client.post("/auth/signup", data=form)
    cookies = [f"{name}={value}" for name, value in response.cookies.items()]
    assert response.status_code == 303, response.text
    assert response.headers["location"].endswith("/"), response.headers
    return "; ".join(cookies)


@asynccontextmanager
async def tab(url: str, cookie: str, conversation_id: str = "") -> AsyncIterator[Tab]:
    """An open page of whoever `cookie` signs in: of a new conversation, or of the one that is named."""
    address = f"ws://{urlsplit(url).netloc}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
    async with connect(
        address,
        origin=Origin(url),
        additional_headers={"Cookie": cookie},
        compression=None,
        max_size=None,
        ping_interval=None,
    ) as socket:
        opened = Tab(socket, conversation_id=conversation_id)
        await socket.recv()
        hydrate = {"name": HYDRATE, "payload": {}, "router_data": _address(conversation_id)}
        await socket.send(f"40/_event,{json.dumps({'event': hydrate})}")
        await opened.settle()
        yield opened


def _address(conversation_id: str) -> dict[str, object]:
    path = f"/c/{conversation_id}" if conversation_id else "/"
    query = {"section": "c", "requested_id": conversation_id} if conversation_id else {}
    return {"pathname": path, "asPath": path, "query": query}
