"""The websocket of a page without the page: sends any frame, and keeps what comes back."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from chatapp.web.reflex_names import HYDRATE, ON_LOAD, handler_name

HEARTBEAT = ("2", "3")
HYDRATED = '"is_hydrated_rx_state_":true'
COMPLETED = re.compile(r'"message_rx_state_":\{[^{}]*"status":"completed"')
REDIRECT = '"name":"_redirect"'
CONVERSATION = re.compile(r'"path":"/c/([0-9a-f-]{36})"')

Place = Mapping[str, object]


def handler(state: str, name: str) -> str:
    """The full name of a handler of one of the page's states, by module and class: `composer.ComposerState`."""
    return handler_name(f"chatapp.ui.state.{state}", name)


SEND = handler("composer.ComposerState", "send")
DISMISS = handler_name("chatapp.web.page_errors.ErrorState", "dismiss")
"""The least that a page asks for."""
PAGE_FAILED = handler_name("reflex.state.FrontendEventExceptionState", "handle_frontend_exception")


@dataclass
class PageSocket:
    """One connection. `frames` is all that ever came over it."""

    connection: ClientConnection
    frames: list[str] = field(default_factory=list)

    def send(self, frame: str | bytes) -> None:
        """Send it as it is."""
        self.connection.send(frame)

    def emit(self, name: object, payload: object = None, place: object = None) -> None:
        """Send an event of the page."""
        event = {"name": name, "payload": {} if payload is None else payload, "router_data": place or at("/")}
        self.send(f"42/_event,{json.dumps(['event', event])}")

    def read_until(self, is_last: Callable[[str], bool], *, seconds: float = 10) -> str:
        """Read frames until one satisfies `is_last`; returns it. Raises TimeoutError, ConnectionClosed."""
        deadline = time.monotonic() + seconds
        while True:
            frame = str(self.connection.recv(timeout=max(0.0, deadline - time.monotonic())))
            if frame == HEARTBEAT[0]:
                self.send(HEARTBEAT[1])
                continue
            self.frames.append(frame)
            if is_last(frame):
                return frame

    def read_word(self, word: str, *, seconds: float = 10) -> str:
        """Read frames until one holds `word`."""
        return self.read_until(lambda frame: word in frame, seconds=seconds)

    def settle(self) -> None:
        """Read until all that was sent before has been dealt with: events of one tab are, one after the other."""
        path = f"/settled/{uuid.uuid4()}"
        self.emit(DISMISS, {}, at(path))
        self.read_until(lambda frame: path in frame or quote(path, "") in frame, seconds=30)

    def is_closed_by_server(self, *, seconds: float = 10) -> bool:
        """Whether the server ends the connection within `seconds`."""
        try:
            self.read_until(lambda _frame: False, seconds=seconds)
        except ConnectionClosed:
            return True
        except TimeoutError:
            pass
        return False

    def ask(self, text: str) -> str:
        """Send a question of a new conversation and read until its answer is complete; returns the conversation."""
        read = len(self.frames)
        conversation_id = self.begin(text)
        if not any(map(COMPLETED.search, self.frames[read:])):  # a short answer comes before its address
            self.emit(ON_LOAD, {}, at(f"/c/{conversation_id}"))
            self.read_until(lambda frame: COMPLETED.search(frame) is not None, seconds=30)
        return conversation_id

    def begin(self, text: str) -> str:
        """Send a question of a new conversation; returns the conversation."""
        fields = [["text", text], ["client_message_id", str(uuid.uuid4())]]
        self.emit(SEND, {"form": {"__reflex_form_data__": fields}})
        found = CONVERSATION.search(self.read_until(lambda frame: CONVERSATION.search(frame) is not None))
        assert found is not None
        return found[1]


def at(path: str, **extra: object) -> Place:
    """What the page says about its address."""
    return {"pathname": path, "asPath": path, "query": {}, **extra}


@contextmanager
def connected(
    url: str, cookie: str = "", *, token: str = "", origin: str = "", forwarded_for: str = ""
) -> Iterator[PageSocket]:
    """A connection that has said nothing but who it is; `forwarded_for` is what a proxy says of it."""
    address = f"ws://{urlsplit(url).netloc}/_event/?token={token or uuid.uuid4()}&EIO=4&transport=websocket"
    named = {"Cookie": cookie, "X-Forwarded-For": forwarded_for}
    headers = {name: value for name, value in named.items() if value}
    with connect(
        address,
        origin=Origin(origin or url),
        additional_headers=headers,
        compression=None,
        max_size=None,
        max_queue=None,  # a full queue would also hold up the end of the connection
        ping_interval=None,
    ) as connection:
        opened = PageSocket(connection)
        opened.read_word('"sid"')
        yield opened


@contextmanager
def opened_page(
    url: str, cookie: str = "", *, token: str = "", path: str = "/", forwarded_for: str = ""
) -> Iterator[PageSocket]:
    """A connection whose page is filled, or has been shown the way to the login."""
    with connected(url, cookie, token=token, forwarded_for=forwarded_for) as page:
        hydrate = {"name": HYDRATE, "payload": {}, "router_data": at(path)}
        page.send(f"40/_event,{json.dumps({'event': hydrate})}")
        page.read_until(lambda frame: HYDRATED in frame or REDIRECT in frame)
        yield page


def sign_up(url: str, password: str) -> str:
    """Make a person; returns the cookie that signs them in."""
    form = {"username": f"person-{uuid.uuid4().hex[:12]}", "password": password}
    response = httpx2.post(f"{url}/auth/signup", data=form, headers={"Origin": url}, timeout=60)
    assert response.headers.get("location") == "/", response.headers
    return f"chatapp_session={response.cookies['chatapp_session']}"
