"""One websocket: uvicorn's, which is read no faster than a page writes, and closed when its page does not read."""

import asyncio
from asyncio.transports import BaseTransport
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request

from chatapp.connections.frame_pace import FramePace
from chatapp.connections.unread import BEHIND_BYTES
from chatapp.log import get_logger
from chatapp.repeated import Repeated

if TYPE_CHECKING:
    from chatapp.connections.configuration import ServerConfig

MESSAGE_BYTES_MAX = 1_500_000
"""Of one message, in however many frames: the longest question has 200,000 characters, each at most 6 bytes of JSON."""

UNREAD_BYTES_MAX = 8_000_000
"""What may wait for a page that does not read. Closed, it comes back and is filled anew; a page is at most 2 MB."""

SLICE_BYTES = 4_096
"""What is looked at in one go: at most 682 frames, which take about 5 ms."""

closings = Repeated(get_logger(__name__))


class WebSocketConnection(WebSocketsSansIOProtocol):
    """Gives the app a message at a time; what comes meanwhile waits unread, at the sender in the end."""

    config: "ServerConfig"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unread = bytearray()
        self._pace = FramePace()
        self._rest: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Take over a connection that already has its place."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNREAD_BYTES_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self.config.places.leave(self.transport)
        self._unread.clear()
        if self._rest:
            self._rest.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More waits than a page ever needs."""
        closings.warning("websocket closed", reason="its page does not read")
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Keep what came, and look at as much of it as is due."""
        self._unread += data
        if not self.read_paused:
            self._read_on()

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
                self._pace.pay()
                self._handle_frame(event)

    def send_receive_event_to_app(self) -> None:
        """Give the app a whole message, unless it is text that is none."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.conn.fail(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """End a connection that breaks the protocol: with a reason, once the handshake is done."""
        if self.conn.close_sent is None:
            self.transport.abort()
        else:
            super().handle_parser_exception()

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
        if (seconds := self._pace.debt_seconds(self.loop.time())) and not self.transport.is_closing():
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
