"""Whether anybody listens at an address, without a word to whoever does."""

import asyncio
import socket

import pytest

from chatapp.providers import reachability
from chatapp.providers.reachability import has_no_listener
from tests.services.real_server import free_port


async def unknown_name(*_: object, **__: object) -> None:
    """What a resolver says of a name that nobody has."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


async def test_a_port_without_a_listener_and_a_name_without_a_machine_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await has_no_listener(f"http://127.0.0.1:{free_port()}/v1")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown_name)
    assert await has_no_listener("http://no-such-machine.invalid/v1")


async def test_a_listener_is_found_and_asked_nothing() -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    assert not await has_no_listener(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert await heard == b""
    server.close()


async def test_an_address_that_says_nothing_in_time_may_still_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "CONNECT_SECONDS", 0)
    assert not await has_no_listener("http://127.0.0.1:9/v1")


async def test_what_is_behind_a_proxy_is_for_the_proxy_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert not await has_no_listener("http://no-such-machine.invalid/v1")
    assert await has_no_listener(f"http://127.0.0.1:{free_port()}/v1"), "no proxy reaches this machine's own loopback"
