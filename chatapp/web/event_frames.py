"""What a browser may send over the websocket: an ASGI wrapper that closes a connection which sends anything else.

Reflex takes what comes on trust. A frame that it cannot use, an event with wrong arguments or of a page that is older
than the server costs it a stack trace in the log, with what the person typed in it; and an event called `connect` is a
second handshake, with headers and a client token that nobody has checked. So only the frames pass that its page sends,
in their full form and no longer than it makes them. The guard checks what the arguments hold, in words.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from reflex_base.registry import RegistrationContext
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.web.event_fields import is_event, shorten_place
from chatapp.web.frame_allowance import CONNECTION_BYTES, EVENT_BYTES, SENT_SHARE, allowances
from chatapp.web.handlers import find_declaration
from chatapp.web.parsed_frames import parsed_frames
from chatapp.web.reflex_handlers import PAGE_FAILED
from chatapp.web.unaccepted import again, is_gone_within
from chatapp.web.visitors import VISITOR, SocketVisitor

PATH = "/_event"
CONNECT, DISCONNECT, EVENT = "40/_event,", "41/_event,", "42/_event,"
"""How packets of Reflex's namespace begin on the wire: engine.io's `message`, socket.io's type, the namespace."""

PLAIN = frozenset({"2", "3", CONNECT, DISCONNECT})
"""Frames that say all with how they begin; the first two are the heartbeat."""

FRAME_MAX_CHARACTERS = 1_500_000
"""Of JSON: the longest message has 200,000, each at most 6 of these. Reflex looks only after we have parsed."""

LONG_CHARACTERS = 16_384
"""A longer frame must hold what a person has typed, in an event that says so at its beginning."""

NAME = re.compile(r'42/_event,\["event", ?\{"name": ?"([\w.]+)"')
"""How the frame of an event begins as the page writes it, which tells what it is before it is parsed."""

STRUCTURE_MAX_CHARACTERS = 20_000
"""Of a long frame, outside its strings. Parsing 1.4 MB takes 1 ms when it is text, and 175 ms when it is brackets."""

STRINGS_MAX = 5_000
DECODER = json.JSONDecoder()

CLIENT_ERROR = "client_error"
"""What the page reports when it cannot use an update. Reflex shortens it and counts it."""

SUBPROTOCOL_MAX_CHARACTERS = 100
"""A page names the version of Reflex that built it. Reflex logs what is no such version."""

CLOSE_POLICY, CLOSE_ABNORMAL = 1008, 1006
NO_POLLING = PlainTextResponse("Pages of this app connect by a websocket.", status_code=426)

log = Repeated(get_logger(__name__))


class CheckFrames:
    """Wraps the app; belongs into `api_transformer`, inside what knows the visitors."""

    def __init__(self) -> None:
        self.allowances = allowances()
        self.is_passing = True

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let nothing through after the block: what takes events ends before the connections that bring them."""
        self.is_passing = True
        try:
            yield
        finally:
            self.is_passing = False

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The app, which now gets no frame that its page would not send."""
        registration = RegistrationContext.get()

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            if not scope.get("path", "").startswith(PATH):
                await app(scope, receive, send)
            elif scope["type"] == "http":
                await NO_POLLING(scope, receive, send)
            elif not _is_handshake(scope):
                await _refuse(receive, send)
            else:
                connection = _Connection(self, scope[VISITOR], registration, receive, send)
                if await connection.has_its_turn():
                    await app(scope, connection.receive, connection.send)

        return checked


class _Connection:
    """One websocket, of which the app hears until its first unusable frame."""

    def __init__(
        self,
        check: CheckFrames,
        visitor: SocketVisitor,
        registration: RegistrationContext,
        receive: Receive,
        send: Send,
    ) -> None:
        self._check = check
        self._visitor = visitor
        self._registration = registration
        self._receive = receive
        self._send = send
        self._is_closed = False
        self._is_gone = asyncio.Event()

    async def has_its_turn(self) -> bool:
        """Wait until the connection is paid for; False for one that has gone meanwhile, which costs nothing."""
        connect, cost = await self._receive(), EVENT_BYTES if self._visitor.is_stranger else CONNECTION_BYTES
        if await is_gone_within(self._receive, self._take(cost)):
            self._take(-cost)
            return False
        self._receive = again(connect, self._receive)
        return True

    async def receive(self) -> Message:
        """The next message that the app may have. Only such a one is charged for: its sender may be an address."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            text = message.get("text") or ""
            is_passed_over = is_long_report(text)
            frame = read_frame(text, self._registration, is_stranger=self._visitor.is_stranger)
            if frame is None and not is_passed_over:
                return await self._close()
            await self._pay(EVENT_BYTES + len(text))
            if self._is_gone.is_set():
                return {"type": "websocket.disconnect", "code": CLOSE_ABNORMAL}
            if frame is not None and self._check.is_passing:
                return {"type": "websocket.receive", "text": parsed_frames.hand_on(frame.prefix, frame.content)}

    async def _pay(self, size: int) -> None:
        """Wait for the turn, but not with a page that is gone: engine.io would keep whatever is still sent to it."""
        if wait_seconds := self._take(size):
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_seconds):
                    await self._is_gone.wait()

    async def _close(self) -> Message:
        log.warning("websocket closed", reason="a frame that no page of this app sends")
        self._is_closed = True
        await self._send({"type": "websocket.close", "code": CLOSE_POLICY})
        return {"type": "websocket.disconnect", "code": CLOSE_POLICY}

    async def send(self, message: Message) -> None:
        if self._is_closed:
            return
        if len(frame := message.get("text") or "") > LONG_CHARACTERS:
            self._take(len(frame) // SENT_SHARE)
        try:
            await self._send(message)
        except OSError:
            self._is_gone.set()
            raise

    def _take(self, size: int) -> float:
        moment = time.monotonic()
        return self._check.allowances.of(self._visitor.sender, moment).take(size, moment)


def _is_handshake(scope: Scope) -> bool:
    """Whether it is that of a page. Without a token, Reflex would log each event with all that it holds."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    is_new = bool(query.get("token")) and query.keys().isdisjoint({"sid", "j"})
    is_short = sum(map(len, scope.get("subprotocols", ()))) <= SUBPROTOCOL_MAX_CHARACTERS
    return is_new and is_short and query.get("EIO") == ["4"] and query.get("transport") == ["websocket"]


async def _refuse(receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect; closing before accepting it makes the server answer 403
    await send({"type": "websocket.close", "code": CLOSE_POLICY})


def is_long_report(frame: str | None) -> bool:
    """Whether a page says at length that it broke. Such a frame is passed over, and the page that sends it goes on."""
    return frame is not None and len(frame) > LONG_CHARACTERS and _name_of(frame) == PAGE_FAILED


@dataclass(frozen=True, slots=True)
class ReadFrame:
    """A frame as the app may have it: how it begins, and what was parsed of the rest, if there is any."""

    prefix: str
    content: Any = None


def read_frame(frame: str | None, registration: RegistrationContext, *, is_stranger: bool = False) -> ReadFrame | None:
    """What a frame holds, or None if no page sends it to these handlers. A binary one is None."""
    if frame is None or not _has_fitting_length(frame, registration, is_stranger=is_stranger):
        return None
    if frame in PLAIN:
        return ReadFrame(frame)
    prefix, body = frame[: len(EVENT)], frame[len(EVENT) :]
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = _find_event(prefix, content)
    if event is None or (event and not is_event(event, registration)):
        return None
    if len(frame) > LONG_CHARACTERS and not _takes_long(event["name"], registration):  # JSON may hold a name twice
        return None
    if event:
        shorten_place(event)
    return ReadFrame(prefix, content)


def _has_fitting_length(frame: str, registration: RegistrationContext, *, is_stranger: bool) -> bool:
    if len(frame) <= LONG_CHARACTERS:
        return True
    if is_stranger or len(frame) > FRAME_MAX_CHARACTERS:
        return False
    return _takes_long(_name_of(frame), registration) and _is_mostly_text(frame)


def _takes_long(name: str, registration: RegistrationContext) -> bool:
    """Whether one of a handler's arguments may be longer than what a short frame holds."""
    declaration = find_declaration(name, registration)
    return declaration.is_sent and declaration.arguments.max_characters > LONG_CHARACTERS


def _find_event(prefix: str, content: Any) -> Any:
    """What a packet says is an event; {} where it needs none, None where it must not be."""
    if prefix == CONNECT and isinstance(content, dict):
        return (content["event"] or None) if "event" in content else {}
    if prefix != EVENT or not isinstance(content, list) or len(content) != 2:
        return None
    name, argument = content
    if name == CLIENT_ERROR and isinstance(argument, dict):
        return {}
    return argument or None if name == "event" else None


def _name_of(frame: str) -> str:
    begun = NAME.match(frame)
    return begun[1] if begun else ""


def _is_mostly_text(frame: str) -> bool:
    """Whether a frame holds little outside its strings, which are what takes no time to parse."""
    at, structure = len(EVENT), 0
    for _ in range(STRINGS_MAX):
        quote = frame.find('"', at)
        structure += (len(frame) if quote < 0 else quote) - at
        if quote < 0 or structure > STRUCTURE_MAX_CHARACTERS:
            return structure <= STRUCTURE_MAX_CHARACTERS
        try:
            _, at = DECODER.raw_decode(frame, quote)
        except ValueError:
            return False
    return False
