"""One websocket: uvicorn's, which is read no faster than a page writes, and closed when its page does not read.

Whoever knows whose it is tells `scope[KNOWN]`; until then only short messages are taken.
"""

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import ref

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from chatapp.connections import unfinished
from chatapp.connections.unfinished import Unfinished
from chatapp.connections.unread import BEHIND_BYTES
from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.token_bucket import TokenBucket

if TYPE_CHECKING:
    from chatapp.connections.configuration import ServerConfig

MESSAGE_BYTES_MAX = 1_500_000
"""Of one message, in however many frames: the longest question has 200,000 characters, each at most 6 bytes of JSON."""

STRANGER_BYTES_MAX = 16_384
"""Of a message of somebody who is not known: a page without a login sends some hundreds."""

KNOWN = "chatapp.sender_is_known"
"""The key of the scope under which stands what to call with the sender's name, before the first frame is taken."""

UNREAD_BYTES_MAX = 8_000_000
"""What may wait for a page that does not read. Closed, it comes back and is refilled; a page is at most 2 MB."""

SLICE_BYTES = 4_096
"""What is looked at in one go: at most 682 frames, which take about 5 ms."""

FRAMES_PER_SECOND = 100
FRAMES_AT_ONCE = 1_000
"""How fast a connection may send for long, and how far ahead of that it may get, whatever is in its frames: even one
that means nothing, such as a ping or an empty piece of a message, costs 8 µs. What comes too fast is read later and not
lost. Somebody who types, scrolls and clicks makes a page send a few frames a second."""

closings = Repeated(get_logger(__name__))


class WebSocketConnection(WebSocketsSansIOProtocol):
    """Gives the app a message at a time; what comes meanwhile waits unread, at the sender in the end.

    Uvicorn reads on for as long as the app takes messages. Uses the callbacks that are overridden here, the `handle_`
    methods, `conn`, `queue`, `read_paused` and what has come of a message; see
    `uvicorn/protocols/websockets/websockets_sansio_impl.py`.
    """

    config: "ServerConfig"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unread = bytearray()
        self._allowance = TokenBucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        self._rest: asyncio.TimerHandle | None = None
        self._unfinished = Unfinished(self.config.unfinished)
        self._deadline: asyncio.TimerHandle | None = None
        self.conn.max_message_size = STRANGER_BYTES_MAX

    def connection_made(self, transport: BaseTransport) -> None:
        """Take over a connection that already has its place."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNREAD_BYTES_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self.config.places.leave(self.transport)
        self._unread.clear()
        self._unfinished.forget()
        for timer in filter(None, (self._rest, self._deadline)):
            timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Tell a page that the server ends, unless one of the two has ended the connection already."""
        if self.conn.state in (State.CLOSING, State.CLOSED):
            self.transport.close()
        else:
            super().shutdown()
        self.conn.parser.close()  # it holds itself: of each connection 3 KB would wait for a search of all memory

    def pause_writing(self) -> None:
        """More waits than a page ever needs."""
        closings.warning("websocket closed", reason="its page does not read")
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Keep what came, and look at as much of it as is due."""
        self._unread += data
        self._unfinished.grow(len(data), self.loop.time())
        if not self.read_paused:
            self._read_on()
        if self._unfinished.is_there and not self._deadline:
            self._deadline = self.loop.call_at(self._unfinished.until, self._check_deadline)
        if self._unfinished.is_too_much:
            self._end("its sender has begun too many messages", CloseCode.TRY_AGAIN_LATER)

    def handle_connect(self, event: Request) -> None:
        """Hand it to the app, with the function by which the app names its sender."""
        super().handle_connect(event)
        self._unfinished.forget()
        if self.handshake_initiated and not self.handshake_complete:
            self.scope[KNOWN] = _let_speak(ref(self))  # type: ignore[literal-required]

    async def send(self, message: Any) -> None:
        """Send it. The transport does so at the end of the event loop's turn, which must not go on for ever."""
        await super().send(message)
        if self.transport.get_write_buffer_size() > BEHIND_BYTES:
            await asyncio.sleep(0)
            self.config.unread.note(self.transport)

    async def receive(self) -> Any:
        """The next message for the app."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty() and not self._rest:
            self._read_on()
        return message

    def handle_events(self) -> None:
        """Deal with frames, each of which is paid for."""
        for event in self.conn.events_received():
            if isinstance(event, Request):
                self.handle_connect(event)
            elif isinstance(event, Frame):
                self._allowance.take(1, self.loop.time())
                self._unfinished.shrink(event, self.loop.time())
                self._handle_frame(event)

    def send_receive_event_to_app(self) -> None:
        """Give the app a whole message, unless it is text that is none."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self._end("a message that is no text", CloseCode.INVALID_DATA)
        else:
            super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """End a connection that breaks the protocol: with a reason, once the handshake is done."""
        if isinstance(self.conn.parser_exc, PayloadTooBig):
            closings.warning("websocket closed", reason="a message that is too long")
        elif self.conn.parser_exc:
            closings.warning("websocket closed", reason="no frames of a websocket")
        if self.conn.close_sent is None:
            self.transport.abort()
        else:
            super().handle_parser_exception()

    def become_known(self, sender: str) -> None:
        """Take long messages from here on, and count them with this sender."""
        self._unfinished.belong_to(sender)
        self.conn.max_message_size = MESSAGE_BYTES_MAX

    def _check_deadline(self) -> None:
        self._deadline, moment = None, self.loop.time()
        if not self._unfinished.is_there or self.transport.is_closing():
            return
        if self.read_paused:  # what it waits for is us
            self._unfinished.until = moment + unfinished.SECONDS
        if self._unfinished.until > moment:
            self._deadline = self.loop.call_at(self._unfinished.until, self._check_deadline)
        else:
            self._end("a message that does not end", CloseCode.POLICY_VIOLATION)

    def _end(self, reason: str, code: CloseCode) -> None:
        if self.transport.is_closing():
            return
        closings.warning("websocket closed", reason=reason)
        self.conn.fail(code, reason)
        self.handle_parser_exception()

    def _handle_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT:
                self.handle_text(frame)
            case Opcode.CONT:
                self.handle_cont(frame)
            case Opcode.BINARY:
                self.handle_bytes(frame)
            case Opcode.PING:
                self.handle_ping()
            case Opcode.CLOSE:
                self.handle_close(frame)

    def _read_on(self) -> None:
        """Read until the app has a message to take, or more has come than is due now."""
        self._rest, self.read_paused = None, False
        while self._unread and not self.read_paused and not self.transport.is_closing():
            piece = bytes(self._unread[:SLICE_BYTES])
            del self._unread[:SLICE_BYTES]
            super().data_received(piece)
            self._end_if_refused()
            self._rest_if_fast()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def _end_if_refused(self) -> None:
        """The library has an answer to a handshake with too long or too many headers, which uvicorn does not send."""
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def _rest_if_fast(self) -> None:
        if (seconds := self._allowance.wait_seconds(self.loop.time())) and not self.transport.is_closing():
            self.read_paused = True
            self.transport.pause_reading()
            self._rest = self.loop.call_later(seconds, self._end_rest)

    def _end_rest(self) -> None:
        self._rest = None
        if self.queue.empty():
            self._read_on()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _let_speak(connection: "ref[WebSocketConnection]") -> Callable[[str], None]:
    """What the app calls when it knows whose the connection is. It does not keep the connection."""

    def known(sender: str) -> None:
        if there := connection():
            there.become_known(sender)

    return known
