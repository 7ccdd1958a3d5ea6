"""Refusals over real HTTP: what is asked again, where the key goes, and what people are told."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from chatapp.errors import ProviderError
from chatapp.providers.base import ChatMessage, ModelInfo
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from chatapp.words import words_of
from tests.providers.answers import ask
from tests.providers.conftest import API_KEY
from tests.providers.scripted_server import FINISH, ScriptedServer, event

Make = Callable[[str], OpenAIProvider]


@pytest_asyncio.fixture
async def at(server: ScriptedServer, quick: Settings) -> AsyncIterator[Make]:
    """Makes a provider whose address is written as `server`'s host and port and what follows them."""
    made: list[OpenAIProvider] = []

    def make(rest: str) -> OpenAIProvider:
        endpoint = Endpoint(name="Box", base_url=rest.replace("HOST", f"127.0.0.1:{server.port}"), api_key=API_KEY)
        made.append(OpenAIProvider(endpoint, quick))
        return made[-1]

    yield make
    for provider in made:
        await provider.aclose()


def asked(server: ScriptedServer) -> str:
    """The method and target of the last request."""
    return server.requests[-1].head.splitlines()[0].removesuffix(" http/1.1")


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 529])
async def test_what_passes_is_asked_again_once(scripted: OpenAIProvider, server: ScriptedServer, status: int) -> None:
    server.will_send({"error": "later"}, status=status)
    server.will_stream(event({"content": "a"}), FINISH)
    assert (await ask(scripted, "x")).text == "a"
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [413, 429])
async def test_a_wait_that_only_the_words_name_is_waited_for(
    scripted: OpenAIProvider, server: ScriptedServer, status: int
) -> None:
    words = "Rate limit reached on tokens per minute (TPM): Limit 6000. Please try again in 120ms."
    server.will_send({"error": {"message": words, "code": "rate_limit_exceeded"}}, status=status)
    server.will_stream(event({"content": "a"}), FINISH)
    started = asyncio.get_running_loop().time()
    assert (await ask(scripted, "x")).text == "a"
    assert asyncio.get_running_loop().time() - started >= 0.12


async def test_a_long_wait_is_told_and_not_waited_for(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    words = "Rate limit reached on tokens per minute (TPM): Limit 6000. Please try again in 1m30.2s."
    server.will_send({"error": {"message": words, "code": "rate_limit_exceeded"}}, status=413)
    given = await ask(scripted, "x")
    assert (given.code, len(server.requests)) == ("rate_limited", 1)
    assert given.words.startswith("The model is busy. Try again in 91 s. It says: Rate limit reached on tokens per")


async def test_a_server_error_keeps_its_sentence_after_the_second_try(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send({"error": "model requires more system memory (8.4 GiB) than is available"}, status=500)
    given = await ask(scripted, "x")
    assert (given.code, len(server.requests)) == ("unavailable", 2)
    assert "model requires more system memory (8.4 GiB) than is available" in given.words


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_names_the_new_address_and_is_not_followed(
    scripted: OpenAIProvider, server: ScriptedServer, status: int
) -> None:
    server.will_send(b"", status=status, headers="location: https://new.example/v1/chat/completions\r\n")
    given = await ask(scripted, "x")
    assert (given.code, len(server.requests)) == ("rejected", 1)
    assert "has moved to https://new.example/v1. " in given.words


async def test_an_error_body_that_is_a_list_is_told_as_its_sentence(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    words = "User location is not supported for the API use."
    server.will_send([{"error": {"code": 400, "message": words, "status": "FAILED_PRECONDITION"}}], status=400)
    given = await ask(scripted, "x")
    assert (given.code, given.words) == (
        "rejected",
        f"The model server 'Scripted' refuses this request. It says: {words}",
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "insufficient balance"),
        ({"error": "Unexpected endpoint or method."}, "Unexpected endpoint or method."),
        ({"detail": "The adapter is not loaded"}, "The adapter is not loaded"),
        (b"<!doctype html><title>Sign in</title>", "doesn't answer as one at http://127.0.0.1:"),
    ],
)
async def test_a_title_that_is_refused_with_status_200_says_why(
    scripted: OpenAIProvider, server: ScriptedServer, body: object, words: str
) -> None:
    server.will_send(body)
    with pytest.raises(ProviderError) as caught:
        await scripted.complete("m", [ChatMessage("user", "x")], max_tokens=5)
    assert words in words_of(caught.value)


async def test_a_connection_that_nobody_takes_is_not_called_a_silent_server(quick: Settings) -> None:
    hasty = quick.model_copy(update={"connect_timeout_seconds": 0.3, "first_part_timeout_seconds": 30})
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # the kernel takes one or two, and lets all others wait from then on
            one.settimeout(0)
            one.connect_ex(full.getsockname())
        provider = OpenAIProvider(Endpoint(name="Full", base_url=f"127.0.0.1:{full.getsockname()[1]}"), hasty)
        given = await ask(provider, "x")
        await provider.aclose()
        for one in waiting:
            one.close()
    assert (given.code, given.words) == (
        "unavailable",
        "The model server 'Full' could not be reached within 0.3 s. Try again.",
    )


@pytest.mark.parametrize(
    "written", ["HOST", "http://HOST", " http://HOST/ ", '"HOST/v1"', "http://HOST//v1//", "HOST/v1/chat/completions"]
)
async def test_an_address_works_however_it_is_written(at: Make, server: ScriptedServer, written: str) -> None:
    server.will_stream(event({"content": "a"}), FINISH)
    assert (await ask(at(written), "x")).text == "a"
    assert asked(server) == "post /v1/chat/completions"
    server.responses.clear()
    server.will_send({"data": [{"id": "m"}]})
    assert await at(written).list_models() == [ModelInfo("m")]
    assert asked(server) == "get /v1/models"


async def test_an_address_without_an_api_is_named_and_the_model_is_not(at: Make, server: ScriptedServer) -> None:
    server.will_send(b"404 page not found", status=404, headers="content-type: text/plain\r\n")
    words = (await ask(at("http://user:pass@HOST/nowhere?key=of-mine-1"), "x", model="m-1")).words
    assert f"http://127.0.0.1:{server.port}/nowhere" in words
    assert not any(word in words for word in ("m-1", "user", "pass@", "of-mine"))


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("HOST/openai/v1?api-version=preview", "/openai/v1/chat/completions?api-version=preview"),
        ("HOST/openai?api-version=1", "/openai/deployments/gpt-x/chat/completions?api-version=1"),
        (
            "HOST/openai/deployments/d/chat/completions?api-version=1",
            "/openai/deployments/d/chat/completions?api-version=1",
        ),
    ],
)
async def test_azure_is_asked_with_its_version_and_the_key_in_its_own_header(
    at: Make, server: ScriptedServer, written: str, target: str
) -> None:
    server.will_stream(event({"content": "a"}), FINISH)
    assert (await ask(at(written), "x", model="gpt-x")).text == "a"
    assert asked(server) == f"post {target}"
    head = server.requests[0].head
    assert f"api-key: {API_KEY}" in head
    assert "authorization" not in head


async def test_an_address_of_one_deployment_offers_that_and_asks_for_no_list(at: Make, server: ScriptedServer) -> None:
    assert await at("HOST/openai/deployments/d?api-version=1").list_models() == [ModelInfo("d")]
    assert server.requests == []


async def test_a_list_that_wants_the_key_in_anthropics_header_gets_it_there(at: Make, server: ScriptedServer) -> None:
    refusal = {"type": "error", "error": {"type": "authentication_error", "message": "x-api-key header is required"}}
    server.will_send(refusal, status=401)
    server.will_send({"data": [{"type": "model", "id": "claude"}], "has_more": False})
    assert await at("HOST").list_models() == [ModelInfo("claude")]
    first, second = (request.head for request in server.requests)
    assert f"authorization: bearer {API_KEY}" in first
    assert f"x-api-key: {API_KEY}" in second
    assert "anthropic-version: 2023-06-01" in second
    assert "authorization" not in second


async def test_a_key_that_is_refused_is_not_sent_in_other_headers(at: Make, server: ScriptedServer) -> None:
    server.will_send({"error": {"message": f"Incorrect API key provided: {API_KEY[:7]}****{API_KEY[-4:]}"}}, status=401)
    with pytest.raises(ProviderError) as caught:
        await at("HOST").list_models()
    assert (caught.value.code, len(server.requests)) == ("unauthorized", 1)
    assert words_of(caught.value).endswith("It says: Incorrect API key provided: [key]")
