"""Eight hostile origins against every way in, over real HTTP; and each address a newcomer may type."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Scope
from starlette.websockets import WebSocket

from chatapp.settings import Settings
from chatapp.web.origins import CheckOrigins
from chatapp.words import words_of
from tests import waiting

HOSTILE = [
    "null",
    "http://evil.example",
    "http://localhost:3000.evil.example",
    "http://evil-localhost:{port}",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:{port}, http://evil.example",
    "http://127.0.0.1:{port}/",
    "http://localhost:3000",
    "http://localhost:{port}",
]
"""Hostile to http://127.0.0.1:{port}. The last but one is where chatapp listens unless told otherwise: with a tunnel,
another program on this machine."""
WEBSOCKET = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


async def answer(_request: Request) -> Response:
    return PlainTextResponse("reached")


async def accept(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@pytest_asyncio.fixture
async def port(settings: Settings) -> AsyncIterator[int]:
    """A server on loopback that answers whatever gets through."""
    routes = [
        Route("/auth/login", answer, methods=["GET", "POST"]),
        Route("/_upload", answer, methods=["POST"]),
        Route("/health/live", answer),
        Route("/assets/own.js", answer),
        Route("/health/page", answer, methods=["POST"]),
        WebSocketRoute("/_event/", accept),
    ]
    app = CheckOrigins(settings)(Starlette(routes=routes))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="wsproto", lifespan="off"))
    task = asyncio.create_task(server.serve())

    async def is_started() -> bool:
        return server.started

    await waiting.until(is_started)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await task


async def status(port: int, request: str, *headers: str) -> int:
    """The status that the server answers to one raw request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    given = list(headers)
    if not any(header.lower().startswith("host:") for header in given):
        given.append(f"Host: 127.0.0.1:{port}")
    if request.startswith("WS"):
        request = f"GET{request[2:]}"
        given.append(WEBSOCKET.strip())
    head = "\r\n".join((f"{request} HTTP/1.1", *given, "Content-Length: 0", "", ""))
    writer.write(head.encode())
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return int(line.split()[1])


@pytest.mark.asyncio
@pytest.mark.parametrize("request_line", ["POST /auth/login", "WS /_event/", "POST /_upload"])
async def test_hostile_and_missing_origins_are_refused_everywhere(port: int, request_line: str) -> None:
    for origin in HOSTILE:
        assert await status(port, request_line, f"Origin: {origin.format(port=port)}") == 403, origin
    assert await status(port, request_line) == 403
    own = f"http://127.0.0.1:{port}"
    assert await status(port, request_line, f"Origin: {own}", "Origin: http://evil.example") == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "192.168.1.20", "[::1]"])
async def test_every_address_of_a_newcomer_works(port: int, name: str) -> None:
    headers = (f"Host: {name}:{port}", f"Origin: http://{name.lower()}:{port}")
    assert await status(port, "POST /auth/login", *headers) == 200
    assert await status(port, "WS /_event/?token=x", *headers) == 101


@pytest.mark.asyncio
async def test_a_name_that_was_pointed_at_us_is_refused_whatever_the_origin_says(port: int) -> None:
    for host in (
        f"evil.example:{port}",
        "localhost.evil.example",
        "",
        "localhost@evil.example",
        "evil.example#localhost",
    ):
        headers = (f"Host: {host}", f"Origin: http://{host}")
        assert await status(port, "GET /auth/login", *headers) in {400, 403}
        assert await status(port, "POST /auth/login", *headers) in {400, 403}
        assert await status(port, "WS /_event/", *headers) in {400, 403}
    assert await status(port, "GET /health/live", "Host: web:3000") == 200


@pytest.mark.asyncio
async def test_what_a_page_may_not_do_it_cannot_do_by_naming_another_host_in_a_header(port: int) -> None:
    for header in ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X-Original-Host: evil.example"):
        assert await status(port, "WS /_event/", "Origin: http://evil.example", header) == 403
        named = (f"Host: evil.example:{port}", header.replace("evil.example", f"localhost:{port}"))
        assert await status(port, "WS /_event/", *named, f"Origin: http://evil.example:{port}") == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("opened", ["localhost:8080", "127.0.0.1:8080", "192.168.1.20", "[::1]:9000"])
async def test_through_a_tunnel_the_page_works_and_pages_of_other_ports_do_not(port: int, opened: str) -> None:
    assert await status(port, "WS /_event/?token=x", f"Host: {opened}", f"Origin: http://{opened}") == 101
    assert await status(port, "POST /health/page", f"Host: {opened}", f"Origin: http://{opened}") == 200
    for other in ("http://localhost:3000", "http://localhost:5173", "http://localhost", f"https://{opened}"):
        assert await status(port, "WS /_event/?token=x", f"Host: {opened}", f"Origin: {other}") == 403
        assert await status(port, "POST /health/page", f"Host: {opened}", f"Origin: {other}") == 403


@pytest.mark.asyncio
async def test_scripts_are_loaded_behind_a_proxy_that_changes_the_host_so_that_the_page_can_say_so(port: int) -> None:
    assert await status(port, "GET /assets/own.js", "Origin: https://chat.lan") == 200
    assert await status(port, "OPTIONS /assets/own.js", "Origin: https://chat.lan") == 403
    assert await status(port, "POST /assets/own.js", "Origin: https://chat.lan") == 403
    assert await status(port, "GET /assets/own.js", "Host: evil.example", "Origin: http://evil.example") == 403
    assert await status(port, "GET /auth/login", "Origin: https://chat.lan") == 403


@pytest.mark.asyncio
async def test_a_post_without_origin_passes_only_when_the_browser_calls_it_same_origin(port: int) -> None:
    assert await status(port, "POST /auth/login", "Sec-Fetch-Site: same-origin") == 200
    for site in ("same-site", "cross-site", "none"):
        assert await status(port, "POST /auth/login", f"Sec-Fetch-Site: {site}") == 403
    assert await status(port, "POST /auth/login", "Sec-Fetch-Site: same-origin", "Origin: null") == 403
    assert await status(port, "WS /_event/", "Sec-Fetch-Site: same-origin") == 403


@pytest.mark.asyncio
async def test_no_upload_is_taken_not_even_from_our_own_page(port: int) -> None:
    for path in ("/_upload", "/_upload/", "/_upload/../../etc/passwd", "/_upload?x=1"):
        for method in ("GET", "POST", "PUT"):
            assert await status(port, f"{method} {path}", f"Origin: http://127.0.0.1:{port}") == 403


def scope(host: str, origin: str, *, scheme: str = "http", **headers: str) -> Scope:
    pairs = {"host": host, "origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
    encoded = [(name.encode(), value.encode()) for name, value in pairs.items()]
    return {"type": "http", "method": "POST", "path": "/auth/login", "scheme": scheme, "headers": encoded}


PUBLIC = {"public_url": "https://chat.example.org"}
LOCAL = {"public_url": "http://localhost:3000"}


@pytest.mark.parametrize(
    ("changes", "given", "passes"),
    [
        (PUBLIC, scope("chat.example.org", "https://chat.example.org"), True),
        (PUBLIC, scope("chat.example.org", "http://chat.example.org"), False),
        (PUBLIC, scope("127.0.0.1:3000", "https://chat.example.org"), True),
        (PUBLIC, scope("localhost:3000", "http://localhost:3000"), True),
        (PUBLIC, scope("chat.example.org", "https://other.example.org"), False),
        ({"allowed_origins": "https://ui.example.org"}, scope("127.0.0.1:3000", "https://ui.example.org"), True),
        ({"allowed_origins": "https://ui.example.org"}, scope("127.0.0.1:3000", "https://ui.example.org.evil"), False),
        ({}, scope("192.168.1.2", "https://192.168.1.2", x_forwarded_proto="https"), False),
        ({"trusted_proxy_hops": 1}, scope("192.168.1.2", "https://192.168.1.2", x_forwarded_proto="https"), True),
        ({}, scope("192.168.1.2", "https://192.168.1.2", scheme="https"), True),
        ({"host": "box.lan"}, scope("box.lan:3000", "http://box.lan:3000"), True),
        (LOCAL, scope("localhost:3000", "http://localhost:3000"), True),
        (LOCAL, scope("localhost:8080", "http://localhost:8080"), True),
        (LOCAL, scope("localhost:8080", "http://localhost:3000"), False),
        (PUBLIC, scope("192.168.1.2:3000", "http://192.168.1.2:3000"), False),
        ({"trusted_proxy_hops": 1}, scope("10.0.0.1", "https://evil.example", x_forwarded_host="evil.example"), False),
    ],
)
def test_public_and_listed_addresses_follow_the_settings(
    settings: Settings, changes: dict[str, object], given: Scope, *, passes: bool
) -> None:
    changed = Settings.model_validate({**settings.model_dump(), **changes})
    assert (CheckOrigins(changed).refusal(given) is None) is passes


@pytest.mark.parametrize(
    ("changes", "given", "words"),
    [
        ({}, scope("box.lan:3000", "http://box.lan:3000"), "set CHATAPP_PUBLIC_URL=http://box.lan:3000 and"),
        (PUBLIC, scope("box.lan", "http://box.lan"), "http://box.lan. Open it at the address in CHATAPP_PUBLIC_URL"),
        (PUBLIC, scope("10.0.0.9:3000", "http://10.0.0.9:3000"), "opened at https://chat.example.org."),
        (PUBLIC, scope("chat.example.org", "http://chat.example.org"), "opened at https://chat.example.org."),
        ({}, scope("127.0.0.1:3000", "https://chat.lan"), "asked for http://127.0.0.1:3000, but your browser shows"),
        ({}, scope("10.0.0.9", "https://10.0.0.9"), "set CHATAPP_PUBLIC_URL to the address that your browser shows"),
        ({}, scope("<script>", "http://<script>"), "does not say which address it is for"),
    ],
)
def test_who_is_refused_is_told_which_setting_to_change(
    settings: Settings, changes: dict[str, object], given: Scope, words: str
) -> None:
    changed = Settings.model_validate({**settings.model_dump(), **changes})
    refusal = CheckOrigins(changed).refusal(given)
    assert refusal is not None
    assert words in words_of(refusal)


def test_a_name_that_was_pointed_at_us_learns_none_of_our_addresses(settings: Settings) -> None:
    changed = Settings.model_validate({**settings.model_dump(), **PUBLIC})
    refusal = CheckOrigins(changed).refusal(scope("evil.example", "http://evil.example"))
    assert refusal is not None
    assert "chat.example.org" not in words_of(refusal)
