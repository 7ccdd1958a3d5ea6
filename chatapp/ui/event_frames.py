"""What a browser may send over the websocket: an ASGI wrapper that closes a connection which sends anything else.

Reflex takes what comes on trust. A frame that it cannot use, an event with wrong arguments or of a page that is older
than the server costs it a stack trace in the log, with what the person typed in it; and an event called `connect` is a
second handshake, with headers and a client token that nobody has checked. So only the frames pass that its page sends,
in their full form and no longer than it makes them. What the arguments hold is still unchecked: see ui.state.boundary.
"""

import asyncio
import inspect
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatapp.log import get_logger
from chatapp.ui.frame_allowance import FrameAllowance

PATH = "/_event"
CONNECT, DISCONNECT, EVENT = "40/_event,", "41/_event,", "42/_event,"
"""How packets of Reflex's namespace begin on the wire: engine.io's `message`, socket.io's type, the namespace."""

OWN_HANDLERS = "reflex___state____state.chatapp___"
PAGE_FAILED = "reflex___state____state.reflex___state____frontend_event_exception_state.handle_frontend_exception"
"""What a page sends when it breaks, of any length. A long report is passed over: the page that sends it goes on."""

REFLEX_HANDLERS = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        PAGE_FAILED,
    }
)
"""What the page calls by itself: it opens, goes to another address, breaks. The others are Reflex's own affair."""

PLAIN = frozenset({"2", "3", CONNECT, DISCONNECT})
"""Frames that say all with how they begin; the first two are the heartbeat."""

FRAME_MAX_CHARACTERS = 1_500_000
"""Of JSON: the longest message has 200,000, each at most 6 of these. Reflex looks only after we have parsed."""

EVENT_FIELDS = frozenset({"name", "payload", "event_actions", "handler", "router_data"})

LONG_CHARACTERS = 16_384
NAME = re.compile(r'42/_event,\["event",\{"name":"([\w.]+)"')
"""How the frame of an event begins as the page writes it, which says what it is before it is parsed."""

CLIENT_ERROR = "client_error"
"""What the page reports when it cannot use an update. Reflex shortens it and counts it."""

CLOSE_POLICY = 1008

logger = get_logger(__name__)


class CheckFrames:
    """Wraps the app; belongs into `api_transformer`."""

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The app, which now gets no frame that its page would not send."""
        registration = RegistrationContext.get()

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket" or not scope["path"].startswith(PATH):
                await app(scope, receive, send)
            elif not parse_qs(scope["query_string"].decode("latin-1")).get("token"):
                await _refuse(receive, send)  # Reflex would take it, and log each of its events with all that it holds
            else:
                connection = _Connection(registration, receive, send)
                await app(scope, connection.receive, connection.send)

        return checked


class _Connection:
    """One websocket, of which the app hears until its first unusable frame."""

    def __init__(self, registration: RegistrationContext, receive: Receive, send: Send) -> None:
        self._registration = registration
        self._receive = receive
        self._send = send
        self._is_closed = False
        self._allowance = FrameAllowance()

    async def receive(self) -> Message:
        message = await self._receive_paced()
        while is_long_report(message.get("text")):
            message = await self._receive_paced()
        if message["type"] != "websocket.receive":
            return message
        if is_usable(message.get("text"), self._registration):
            return message
        logger.warning("websocket closed", reason="a frame that no page of this app sends")
        self._is_closed = True
        await self._send({"type": "websocket.close", "code": CLOSE_POLICY})
        return {"type": "websocket.disconnect", "code": CLOSE_POLICY}

    async def _receive_paced(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and (wait_seconds := self._allowance.take(time.monotonic())):
            await asyncio.sleep(wait_seconds)
        return message

    async def send(self, message: Message) -> None:
        if not self._is_closed:
            await self._send(message)


async def _refuse(receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect; closing before accepting it makes the server answer 403
    await send({"type": "websocket.close", "code": CLOSE_POLICY})


def is_long_report(frame: str | None) -> bool:
    """Whether a page says at length that it broke; such a frame need not be parsed."""
    return frame is not None and len(frame) > LONG_CHARACTERS and _name_of(frame) == PAGE_FAILED


def _name_of(frame: str) -> str:
    begun = NAME.match(frame)
    return begun[1] if begun else ""


def is_usable(frame: str | None, registration: RegistrationContext) -> bool:
    """Whether a frame (None: a binary one) is one that the page sends, for handlers that there are."""
    if frame is None or len(frame) > FRAME_MAX_CHARACTERS:
        return False
    if frame in PLAIN:
        return True
    prefix, body = frame[: len(EVENT)], frame[len(EVENT) :]
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if prefix == CONNECT:
        return isinstance(content, dict) and ("event" not in content or _is_event(content["event"], registration))
    if prefix != EVENT or not isinstance(content, list) or len(content) != 2:
        return False
    name, argument = content
    return isinstance(argument, dict) if name == CLIENT_ERROR else name == "event" and _is_event(argument, registration)


def _is_event(fields: Any, registration: RegistrationContext) -> bool:
    if not isinstance(fields, dict) or not fields.keys() <= EVENT_FIELDS:
        return False
    name, payload = fields.get("name"), fields.get("payload", {})
    handler = registration.event_handlers.get(name) if isinstance(name, str) and _may_be_called(name) else None
    if handler is None or not isinstance(payload, dict) or not _is_place(fields.get("router_data", {})):
        return False
    return _fits(payload, handler.handler.fn)


def _may_be_called(name: str) -> bool:
    # Reflex gives every state a `setvar`, which sets any of its variables.
    return name in REFLEX_HANDLERS or (name.startswith(OWN_HANDLERS) and not name.endswith(".setvar"))


def _fits(payload: dict[str, Any], handler: Callable[..., Any]) -> bool:
    """Whether a handler has these parameters, and Reflex can read the forms in them."""
    try:
        inspect.signature(handler).bind(None, **payload)
    except TypeError:
        return False
    values = (value for value in payload.values() if isinstance(value, dict))
    return all(_is_form(value.get(FORM_DATA_ENTRIES_KEY, [])) for value in values)


def _is_form(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) for entry in entries
    )


def _is_place(router_data: Any) -> bool:
    """Whether this can be an address of the page: Reflex puts the paths behind our origin and parses that."""
    if not isinstance(router_data, dict):
        return False
    paths = (router_data.get("pathname", "/"), router_data.get("asPath", "/"))
    words = router_data.get("query", {})
    return all(_is_path(path) for path in paths) and isinstance(words, dict) and all(map(_is_text, words.values()))


def _is_path(value: Any) -> bool:
    return _is_text(value) and value.startswith("/")


def _is_text(value: Any) -> bool:
    """Whether it can be stored and sent on: JSON can hold half a surrogate pair, UTF-8 cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
