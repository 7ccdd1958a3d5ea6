"""Asks the demo model over real HTTP: through the openai SDK, and byte by byte where the SDK hides what is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import h11
from openai import AsyncOpenAI, AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk

from chatapp.demo_model.server import DemoModel


@dataclass
class Reply:
    """What a client has received of one streamed answer."""

    parts: list[str] = field(default_factory=list)
    reasoning: str = ""
    finish_reason: str | None = None
    usage: CompletionUsage | None = None

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True)
class RawReply:
    """What came over the wire, and whether the HTTP response was whole."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool

    @property
    def events(self) -> list[bytes]:
        return [line.removeprefix(b"data: ") for line in self.body.splitlines() if line.startswith(b"data:")]


def port_of(demo: DemoModel) -> int:
    return int(demo.base_url.removesuffix("/v1").rpartition(":")[2])


def user(text: object) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


async def ask(client: AsyncOpenAI, *messages: Any, **options: Any) -> Reply:
    """The whole streamed answer to `messages`; a plain string is a person's question."""
    reply = Reply()
    await read_into(reply, client, *messages, **options)
    return reply


async def read_into(reply: Reply, client: AsyncOpenAI, *messages: Any, **options: Any) -> None:
    """Fill `reply` as the answer arrives, so that what came before an error can be looked at."""
    turns: list[Any] = [user(message) if isinstance(message, str) else message for message in messages]
    stream: AsyncStream[ChatCompletionChunk] = await client.chat.completions.create(
        model="demo", messages=turns, stream=True, **options
    )
    async for chunk in stream:
        reply.usage = chunk.usage or reply.usage
        for choice in chunk.choices:
            if choice.delta.content is not None:
                reply.parts.append(choice.delta.content)
            reply.reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            reply.finish_reason = choice.finish_reason or reply.finish_reason


@asynccontextmanager
async def raw_connection(demo: DemoModel) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection to the server, cut at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(demo))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def http_request(method: str, path: str, body: bytes = b"", host: str = "localhost") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def question_bytes(text: str, *, stream: bool = True) -> bytes:
    body = json.dumps({"model": "demo", "stream": stream, "messages": [user(text)]}).encode()
    return http_request("POST", "/v1/chat/completions", body)


async def raw_reply(demo: DemoModel, request: bytes) -> RawReply:
    """The response to `request`, read until it ends or the connection does. Raises ConnectionResetError."""
    async with raw_connection(demo) as (reader, writer):
        writer.write(request)
        return await read_raw(reader)


async def read_raw(reader: asyncio.StreamReader) -> RawReply:
    """One response from `reader`."""
    http = h11.Connection(h11.CLIENT)
    http.send(h11.Request(method="GET", target="/", headers=[("Host", "localhost")]))
    http.send(h11.EndOfMessage())
    status, body = 0, b""
    headers: dict[str, str] = {}
    while True:
        try:
            event = http.next_event()
        except h11.RemoteProtocolError:
            return RawReply(status, headers, body, whole=False)
        match event:
            case h11.NEED_DATA:
                http.receive_data(await reader.read(65_536))
            case h11.Response():
                status = event.status_code
                headers = {name.decode(): value.decode() for name, value in event.headers}
            case h11.Data():
                body += event.data
            case _:
                return RawReply(status, headers, body, whole=isinstance(event, h11.EndOfMessage))


async def log_of(demo: DemoModel) -> list[dict[str, Any]]:
    """What `GET /log` shows."""
    reply = await raw_reply(demo, http_request("GET", "/log"))
    entries: list[dict[str, Any]] = json.loads(reply.body)
    return entries
