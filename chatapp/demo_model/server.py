"""The demo model's HTTP server: OpenAI-compatible, scripted, on loopback. It is not an AI model."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import h11

from chatapp.demo_model import faults
from chatapp.demo_model.answer import Answer
from chatapp.demo_model.chat_request import BadRequest, ChatRequest
from chatapp.demo_model.connection import Connection, Request, RequestTooLarge
from chatapp.demo_model.openai_format import error_body, model_list
from chatapp.demo_model.request_log import LogEntry, RequestLog
from chatapp.demo_model.scripting import script_for

_HOST = "127.0.0.1"
# A page of some other site can point its own host name at loopback; it cannot make a browser send one of these.
_OWN_HOSTS = frozenset({_HOST, "localhost"})


class DemoModel:
    """The server; runs in the event loop that starts it.

    `port` 0 takes a free one. What was asked is only shown, on /log, where `shows_log` says so. Parts go out paced by
    the loop's clock, so the server wants a loop that is not blocked.
    """

    def __init__(self, *, port: int = 0, shows_log: bool = False) -> None:
        self._port = port
        self._log = RequestLog()
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._started_at = int(time.time())
        self._routes: dict[tuple[str, str], Callable[[Connection, Request], Awaitable[None]]] = {
            ("GET", "/v1/models"): self._list_models,
            ("POST", "/v1/chat/completions"): self._answer,
        }
        if shows_log:
            self._routes |= {("GET", "/log"): self._show_log, ("DELETE", "/log"): self._clear_log}

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL; right once `start` has returned."""
        return f"http://{_HOST}:{self._port}/v1"

    async def start(self) -> int:
        """Listen, and return the port. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, _HOST, self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self._port

    async def close(self) -> None:
        """Stop listening and cut every connection, answers in their middle included."""
        if self._server is None:
            return
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.create_task(self._serve(Connection(reader, writer)))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _serve(self, connection: Connection) -> None:
        try:
            while await self._serve_one(connection):
                pass
        except ConnectionError:
            connection.abort()
        except asyncio.CancelledError:
            connection.abort()
            raise
        finally:
            connection.close()

    async def _serve_one(self, connection: Connection) -> bool:
        """Answer one request; whether another can follow on this connection."""
        try:
            request = await connection.read_request()
        except h11.RemoteProtocolError:
            await connection.send_json(400, error_body("This is no HTTP request."))
            return False
        except RequestTooLarge:
            await connection.send_json(413, error_body("The body of your request is too large."))
            return False
        if request is None:
            return False
        await connection.while_client_stays(self._route(connection, request))
        return connection.ready_for_next()

    async def _route(self, connection: Connection, request: Request) -> None:
        if request.headers.get("host", "").partition(":")[0] not in _OWN_HOSTS:
            await connection.send_json(403, error_body("The demo model answers to localhost only."))
            return
        handle = self._routes.get((request.method, request.path))
        if handle is None:
            await connection.send_json(404, error_body(f"Unknown request URL: {request.method} {request.path}."))
            return
        await handle(connection, request)

    async def _list_models(self, connection: Connection, _: Request) -> None:
        await connection.send_json(200, model_list(self._started_at))

    async def _show_log(self, connection: Connection, _: Request) -> None:
        await connection.send_json(200, self._log.as_json())

    async def _clear_log(self, connection: Connection, _: Request) -> None:
        self._log.clear()
        await connection.send_json(200, [])

    async def _answer(self, connection: Connection, request: Request) -> None:
        try:
            chat = ChatRequest.parse(request.body)
        except BadRequest as refusal:
            await connection.send_json(400, error_body(str(refusal)))
            return
        entry = self._log.open("title" if chat.is_title else "chat", chat.model, chat.question)
        try:
            await _play(connection, chat, entry)
        finally:
            entry.close("client" if connection.client_gone else "server")


async def _play(connection: Connection, chat: ChatRequest, entry: LogEntry) -> None:
    script = script_for(chat)
    refusal = faults.REFUSALS.get(script.fault) if script.fault else None
    entry.status = refusal.status if refusal else 200
    if refusal:
        await connection.send_json(refusal.status, refusal.body, refusal.headers)
        return
    answer = Answer(connection, chat, script, entry)
    await (faults.stream if chat.stream else faults.send_whole)(answer, script.fault)
