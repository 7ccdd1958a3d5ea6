"""Connections to model servers: read in handfuls, encrypted or not, and through a proxy where there is one."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from chatapp.providers.base import TextPart
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from tests.providers.answers import ask, parts_of
from tests.providers.scripted_server import FINISH, ScriptedServer, event

WORDS = [event({"content": word}) for word in ("secret ", "words")]


async def test_parts_of_a_fast_model_are_read_in_handfuls(provider: OpenAIProvider) -> None:
    clock = asyncio.get_running_loop().time
    came_at = [clock() async for part in parts_of(provider, "count 40 at 50") if isinstance(part, TextPart)]
    handfuls = 1 + sum(later - earlier > 0.01 for earlier, later in pairwise(came_at))
    assert 5 <= handfuls <= 25  # one by one they would be 40, with 20 ms between them


async def test_an_encrypted_answer_is_read_like_any_other(secure: ScriptedServer, quick: Settings) -> None:
    provider = OpenAIProvider(Endpoint(name="Secure", base_url=secure.base_url), quick)
    secure.will_stream(*WORDS, FINISH)
    given = await ask(provider, "hello")
    await provider.aclose()
    assert (given.text, given.error) == ("secret words", None)


async def test_a_server_whose_certificate_nobody_vouches_for_is_not_spoken_to(
    secure: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    provider = OpenAIProvider(Endpoint(name="Secure", base_url=secure.base_url), quick)
    given = await ask(provider, "hello")
    await provider.aclose()
    assert (given.code, secure.requests) == ("unavailable", [])


async def test_a_request_goes_through_the_proxy_that_the_environment_names(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    provider = OpenAIProvider(Endpoint(name="Far", base_url="http://models.example/v1"), quick)
    server.will_stream(*WORDS, FINISH)
    given = await ask(provider, "hello")
    await provider.aclose()
    assert given.text == "secret words"
    assert server.requests[0].head.startswith("post http://models.example/v1/chat/completions ")


@pytest.mark.parametrize("excepted", ["models.example", "*"])
async def test_no_proxy_is_asked_for_what_the_environment_excepts(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    monkeypatch.setenv("no_proxy", excepted)
    provider = OpenAIProvider(Endpoint(name="Far", base_url="http://models.example/v1"), quick)
    given = await ask(provider, "hello")
    await provider.aclose()
    assert (given.text, server.requests) == ("", [])


async def test_no_proxy_is_asked_for_this_machine(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    provider = OpenAIProvider(Endpoint(name="Near", base_url=server.base_url), quick)
    server.will_stream(*WORDS, FINISH)
    given = await ask(provider, "hello")
    await provider.aclose()
    assert given.text == "secret words"


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
