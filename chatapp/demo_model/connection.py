"""One client's socket: requests parsed by h11, bodies written by hand, because the faults need the bare connection."""

import asyncio
import json
import socket
import struct
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import h11

_READ_BYTES = 65_536
# A long conversation with pictures in it passes; a runaway client does not fill the app's memory.
LARGEST_BODY_BYTES = 32 * 1024 * 1024
# l_onoff=1, l_linger=0: close() then sends RST instead of FIN.
_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class RequestTooLarge(Exception):
    """The request's body is larger than LARGEST_BODY_BYTES."""


@dataclass(frozen=True, slots=True)
class Request:
    """A whole HTTP request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Connection:
    """Reads requests from and writes responses to one client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)
        self._wants_head_only = False
        self.client_gone = False

    async def read_request(self) -> Request | None:
        """The next request, or None when the client has closed. Raises h11.RemoteProtocolError, RequestTooLarge."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = await self._next_event()
            match event:
                case h11.Request():
                    head = event
                    self._wants_head_only = head.method == b"HEAD"
                case h11.Data():
                    body += event.data
                    if len(body) > LARGEST_BODY_BYTES:
                        raise RequestTooLarge
                case h11.EndOfMessage() if head is not None:
                    return _request(head, bytes(body))
                case _:
                    return None

    async def _next_event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self._send_event(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(_READ_BYTES))
        return event  # type: ignore[return-value]  # NEED_DATA is ruled out above; PAUSED and events remain

    def ready_for_next(self) -> bool:
        """Whether the connection can carry another request; prepares it for that."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def while_client_stays(self, answering: Coroutine[Any, Any, None]) -> None:
        """Run `answering` to its end, or cancel it the moment the client closes; `client_gone` then says so."""
        answer = asyncio.create_task(answering)
        watch = asyncio.create_task(self._wait_for_client_close())
        try:
            await asyncio.wait({answer, watch}, return_when=asyncio.FIRST_COMPLETED)
            self.client_gone = self.client_gone or not answer.done()
        finally:
            answer.cancel()
            watch.cancel()
            await asyncio.wait({answer, watch})
        if not answer.cancelled():
            answer.result()

    async def _wait_for_client_close(self) -> None:
        try:
            while data := await self._reader.read(_READ_BYTES):
                self._http.receive_data(data)  # the next request, sent early: h11 keeps it
        except ConnectionError:
            return

    async def send_json(self, status: int, content: object, headers: dict[str, str] | None = None) -> None:
        """Send a whole response."""
        body = json.dumps(content).encode()
        fields = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
        sent = [] if self._wants_head_only else [h11.Data(data=body)]
        await self._send_event(_response(status, fields), *sent, h11.EndOfMessage())

    async def begin_stream(self) -> None:
        """Send the head of a response whose body follows in chunks."""
        fields = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        await self._send_event(_response(200, {**fields, "transfer-encoding": "chunked"}))

    async def write_chunk(self, data: bytes) -> None:
        """Send `data` as one chunk of the body."""
        await self._write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end_stream(self) -> None:
        """Send the end of a body in chunks."""
        await self._send_event(h11.EndOfMessage())

    async def drop_within_chunk(self, data: bytes) -> None:
        """Announce a chunk, send the half of it and close in the orderly way, with a FIN."""
        await self._write(b"%x\r\n%b" % (len(data), data[: len(data) // 2]))
        self._writer.close()

    def reset(self) -> None:
        """Cut the connection with a TCP RST."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
        self._writer.transport.abort()

    def close(self) -> None:
        """Close after what is written has been sent."""
        self._writer.close()

    def abort(self) -> None:
        """Close at once, whatever is still to be sent."""
        self._writer.transport.abort()

    async def _send_event(self, *events: h11.Event) -> None:
        await self._write(b"".join(self._http.send(event) or b"" for event in events))

    async def _write(self, data: bytes) -> None:
        try:
            if self._writer.is_closing():  # uvloop would raise another error, asyncio's own loop this one
                raise ConnectionResetError
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            self.client_gone = True
            raise


def _request(head: h11.Request, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    path = head.target.decode("latin-1").partition("?")[0]
    return Request(head.method.decode("latin-1"), path, headers, body)


def _response(status: int, fields: dict[str, str]) -> h11.Response:
    return h11.Response(status_code=status, headers=[(name.encode(), value.encode()) for name, value in fields.items()])
