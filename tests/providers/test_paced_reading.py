"""Responses of model servers are read in handfuls, encrypted or not, and through a proxy where there is one."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from chatapp.demo_model.server import DemoModel
from chatapp.providers.base import TextPart
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.providers.paced_reading import FIRST_READS, GATHER_SECONDS, pause_seconds
from chatapp.settings import Endpoint, Settings
from tests.providers.answers import Given, ask, parts_of
from tests.providers.scripted_server import FINISH, ScriptedServer, event
from tests.providers.socks_server import SocksServer

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere parts are read as they come")

WORDS = [event({"content": word}) for word in ("secret ", "words")]


@on_linux
async def test_parts_of_a_fast_model_are_read_in_handfuls(provider: OpenAIProvider) -> None:
    assert 5 <= await count_handfuls(provider) <= 25


@on_linux
async def test_behind_a_proxy_as_well(demo: DemoModel, quick: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatapp.providers.http_client.LOOPBACK_NAMES", frozenset())
    port = int(demo.base_url.removesuffix("/v1").rpartition(":")[2])
    async with SocksServer(port).running() as proxy:
        monkeypatch.setenv("all_proxy", f"socks5://127.0.0.1:{proxy.port}")
        provider = OpenAIProvider(Endpoint(name="Far", base_url=f"http://localhost:{port}/v1"), quick)
        assert 5 <= await count_handfuls(provider) <= 25
        await provider.aclose()
    assert proxy.asked_for == ["localhost"]


async def test_a_connection_is_left_as_it_was_found(provider: OpenAIProvider) -> None:
    """What its next response begins with is shorter than what wakes a paced reading."""
    for _ in range(3):
        assert (await ask(provider, "count 40 at 1000")).error is None
        assert await provider.list_models()


@pytest.mark.parametrize(("reads", "seconds"), [(1, 0.0125), (2, 0.025), (3, 0.0375)])
def test_the_first_words_wait_for_less(reads: int, seconds: float) -> None:
    assert pause_seconds(reads, 1_000.031) == pytest.approx(seconds)


@pytest.mark.parametrize(("now", "instant"), [(1_000.0, 1_000.05), (1_000.024, 1_000.05), (999.99, 1_000.05)])
def test_all_responses_are_read_at_the_same_instants(now: float, instant: float) -> None:
    assert now + pause_seconds(FIRST_READS, now) == pytest.approx(instant)


def test_a_read_that_came_late_is_not_made_up_for() -> None:
    late = 0.7 * GATHER_SECONDS
    assert pause_seconds(FIRST_READS, 1_000.0 + late) == pytest.approx(1.3 * GATHER_SECONDS)


async def test_encrypted_parts_that_have_come_are_read_together(secure: ScriptedServer, quick: Settings) -> None:
    """TLS hands out a record at a time: with a pause for each, 200 parts would take ten seconds."""
    secure.will_stream(*(event({"content": "x"}) for _ in range(200)), FINISH)
    async with asyncio.timeout(4):
        given = await ask_at(secure.base_url, quick)
    assert (given.text, given.error) == (200 * "x", None)


async def test_an_answer_that_is_all_there_is_read_without_pauses(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    """Several megabytes, at 64 KB a read and 50 ms of pause, would take six seconds."""
    server.will_stream(*(event({"content": "x", "padding": 10_000 * "y"}) for _ in range(800)), FINISH)
    async with asyncio.timeout(3):
        given = await ask(scripted, "hello")
    assert (given.text, given.error) == (800 * "x", None)


async def test_a_server_whose_certificate_nobody_vouches_for_is_not_spoken_to(
    secure: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    given = await ask_at(secure.base_url, quick)
    assert (given.code, secure.requests) == ("unavailable", [])


async def test_a_request_goes_through_the_proxy_that_the_environment_names(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    server.will_stream(*WORDS, FINISH)
    given = await ask_at("http://models.example/v1", quick)
    assert given.text == "secret words"
    assert server.requests[0].head.startswith("post http://models.example/v1/chat/completions ")


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_request_goes_through_a_socks_proxy_as_well(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    server.will_stream(*WORDS, FINISH)
    async with SocksServer(server.port).running() as proxy:
        monkeypatch.setenv("all_proxy", f"{scheme}://127.0.0.1:{proxy.port}")
        given = await ask_at("http://models.example/v1", quick)
    assert (given.text, proxy.asked_for) == ("secret words", ["models.example"])
    assert server.requests[0].head.startswith("post /v1/chat/completions ")


@pytest.mark.parametrize("excepted", ["models.example", "*"])
async def test_no_proxy_is_asked_for_what_the_environment_excepts(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    monkeypatch.setenv("no_proxy", excepted)
    given = await ask_at("http://models.example/v1", quick)
    assert (given.text, server.requests) == ("", [])


async def test_no_proxy_is_asked_for_this_machine(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.will_stream(*WORDS, FINISH)
    given = await ask_at(server.base_url, quick)
    assert given.text == "secret words"


async def count_handfuls(provider: OpenAIProvider) -> int:
    """How often text comes, of 40 parts that are sent 20 ms apart."""
    clock = asyncio.get_running_loop().time
    came_at = [clock() async for part in parts_of(provider, "count 40 at 50") if isinstance(part, TextPart)]
    return 1 + sum(later - earlier > 0.01 for earlier, later in pairwise(came_at))


async def ask_at(base_url: str, settings: Settings) -> Given:
    """What comes of asking the server at this address."""
    provider = OpenAIProvider(Endpoint(name="Far", base_url=base_url), settings)
    given = await ask(provider, "hello")
    await provider.aclose()
    return given


@pytest_asyncio.fixture
async def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ScriptedServer]:
    """A server with a certificate that the environment vouches for."""
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    server = ScriptedServer()
    await server.start(tls=tls)
    yield server
    await server.close()
