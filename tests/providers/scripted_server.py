"""An HTTP server that answers each request with the next of the responses it was given, and remembers the requests.

For what the demo model does not do: servers that refuse a parameter, set cookies, or send bytes in a chosen order.
"""

import asyncio
import json
import ssl
from collections import deque
from dataclasses import dataclass
from typing import Any

PAUSE = b"(a pause)"
"""Among the pieces of a response: the rest is sent once the test says so."""


@dataclass(frozen=True)
class Request:
    """What came: the head's lines in lower case, and the body's fields."""

    head: str
    fields: dict[str, Any]


class ScriptedServer:
    """Serves one request a connection; the last response is repeated."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.left: list[Request] = []  # whose clients closed the connection before they had a response
        self.responses: deque[tuple[bytes, ...]] = deque()
        self.base_url = ""
        self.goes_on = asyncio.Event()  # ends one pause
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)
        self.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def will_send(self, body: object, *, status: int = 200, headers: str = "") -> None:
        """Answer the next request with this JSON, or with these bytes as they are."""
        self.responses.append(whole(body, status, headers))

    def will_send_in_chunks(self, *pieces: bytes, content_type: str = "text/event-stream") -> None:
        """Answer the next request with a body in these chunks, which ends as HTTP/1.1 has it."""
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        chunks = (piece if piece == PAUSE else b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece)
        self.responses.append((head.encode(), *chunks, b"0\r\n\r\n"))

    def will_break_off(self, *pieces: bytes) -> None:
        """The same, but the connection ends before the body does."""
        self.will_send_in_chunks(*pieces)
        self.responses.append(self.responses.pop()[:-1])

    def will_stream(self, *chunks: bytes) -> None:
        """Answer the next request with an event stream that comes in these pieces."""
        self.responses.append(streamed(*chunks))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")), 0)
        request = Request(head, json.loads(await reader.readexactly(length) or b"{}"))
        self.requests.append(request)
        gone = asyncio.create_task(reader.read())
        responding = asyncio.create_task(self.respond(request))
        await asyncio.wait([gone, responding], return_when=asyncio.FIRST_COMPLETED)
        if not responding.done():
            self.left.append(request)
            responding.cancel()
        else:
            for piece in responding.result():
                await self._send(writer, piece)
        gone.cancel()
        writer.close()

    async def _send(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if piece == PAUSE:
            await self.goes_on.wait()
            self.goes_on.clear()
            return
        writer.write(piece)
        await writer.drain()

    async def respond(self, _request: Request) -> tuple[bytes, ...]:
        """The pieces of the response to a request."""
        return self.responses.popleft() if len(self.responses) > 1 else self.responses[0]


def whole(body: object, status: int = 200, headers: str = "") -> tuple[bytes, ...]:
    """A response in one piece: this JSON, or these bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(content)}\r\n{headers}\r\n"
    return (head.encode() + content,)


def streamed(*chunks: bytes) -> tuple[bytes, ...]:
    """A response that is an event stream."""
    return (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", *chunks)


def event(delta: dict[str, Any] | None = None, **fields: object) -> bytes:
    """A chunk of a chat completion as a server-sent event."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": fields.pop("finish_reason", None)}
    return b"data: " + json.dumps({"choices": [choice], **fields}).encode() + b"\n\n"


FINISH = event(finish_reason="stop") + b"data: [DONE]\n\n"
