"""The provider against servers that keep the protocol: parts, parameters, closing, titles, model lists."""

import socket

import httpx2
import pytest

from chatapp.demo_model.server import DemoModel
from chatapp.errors import ProviderError
from chatapp.providers.base import ChatMessage, ModelInfo, ReasoningPart, TextPart
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from tests.providers.answers import ask, parts_of
from tests.providers.scripted_server import FINISH, ScriptedServer, event
from tests.waiting import until


async def test_an_answer_comes_part_by_part_with_usage_and_finish(provider: OpenAIProvider) -> None:
    given = await ask(provider, "count 50 at 1000")
    assert given.text == " ".join(str(number) for number in range(1, 51))
    assert sum(isinstance(part, TextPart) for part in given.parts) == 50
    assert given.usage is not None
    assert given.usage.completion_tokens == 50
    assert (given.finish_reason, given.error) == ("stop", None)


async def test_reasoning_comes_apart_from_the_answer_and_before_it(provider: OpenAIProvider) -> None:
    given = await ask(provider, "reasoning")
    kinds = [isinstance(part, ReasoningPart) for part in given.parts]
    assert given.reasoning
    assert given.text
    assert kinds == sorted(kinds, reverse=True)


async def test_closing_the_iterator_closes_the_connection_within_a_second(
    provider: OpenAIProvider, demo: DemoModel
) -> None:
    parts = parts_of(provider, "count 2000")
    await anext(parts)
    await parts.aclose()
    async with httpx2.AsyncClient(trust_env=False) as client:

        async def closed_by_client() -> bool:
            log = (await client.get(demo.base_url.removesuffix("/v1") + "/log")).json()
            return bool(log[-1]["closed_by"] == "client")

        await until(closed_by_client, seconds=1, what="closed_by client in the demo model's log")


async def test_a_connection_is_used_again_after_an_answer(provider: OpenAIProvider) -> None:
    await ask(provider, "count 3 at 1000")
    await ask(provider, "count 3 at 1000")
    pool = provider._client._client._transport._pool  # type: ignore[attr-defined]
    assert len(pool.connections) == 1


async def test_nothing_is_sent_that_nobody_set(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_stream(event({"content": "a"}), FINISH)
    await ask(scripted, "hello", model="m")
    assert server.requests[0].fields == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize("status", [400, 422])
async def test_a_parameter_that_an_endpoint_refuses_is_left_out_from_then_on(
    scripted: OpenAIProvider, server: ScriptedServer, status: int
) -> None:
    server.will_send({"error": {"message": "Unrecognized request argument: stream_options"}}, status=status)
    server.will_stream(event({"content": "a"}), FINISH)
    server.will_stream(event({"content": "b"}), FINISH)
    assert [(await ask(scripted, "x")).text, (await ask(scripted, "x")).text] == ["a", "b"]
    assert ["stream_options" in request.fields for request in server.requests] == [True, False, False]


async def test_a_pair_of_surrogates_cut_between_events_becomes_its_character(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_stream(event({"content": "a\ud83d"}), event({"content": "\ude00b"}), FINISH)
    assert (await ask(scripted, "x")).text == "a😀b"


async def test_text_that_no_json_can_carry_is_sent_repaired(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_stream(FINISH)
    await ask(scripted, "a\ud800b")
    assert server.requests[0].fields["messages"][0]["content"] == "a\ufffdb"


async def test_cookies_of_a_server_are_not_sent_back(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send({"data": [{"id": "m"}]}, headers="set-cookie: session=of-somebody; path=/\r\n")
    await scripted.list_models()
    await scripted.list_models()
    assert "cookie" not in server.requests[1].head


async def test_a_redirect_does_not_carry_the_key_elsewhere(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send({}, status=307, headers=f"location: {server.base_url}/elsewhere\r\n")
    assert (await ask(scripted, "x")).code == "rejected"
    assert len(server.requests) == 1


async def test_an_endpoint_without_a_key_is_not_given_the_one_of_another(
    server: ScriptedServer, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another")
    provider = OpenAIProvider(Endpoint(name="Local", base_url=server.base_url), quick)
    server.will_send({"data": [{"id": "m"}]})
    assert await provider.list_models() == [ModelInfo("m")]
    assert "of-another" not in server.requests[0].head
    await provider.aclose()


async def test_an_answer_in_one_piece(provider: OpenAIProvider) -> None:
    assert await provider.complete("demo", [ChatMessage("user", "count 3")], max_tokens=50) == "1 2 3"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>", "malformed"),
        ({"choices": []}, "malformed"),
        ({"choices": [{"message": None}]}, "malformed"),
        ({"error": {"message": "x", "code": 429}}, "rate_limited"),
    ],
)
async def test_an_answer_in_one_piece_that_is_none_is_a_typed_error(
    scripted: OpenAIProvider, server: ScriptedServer, body: object, code: str
) -> None:
    server.will_send(body)
    with pytest.raises(ProviderError) as caught:
        await scripted.complete("m", [ChatMessage("user", "x")], max_tokens=5)
    assert caught.value.code == code


async def test_max_tokens_is_left_out_where_the_endpoint_does_not_know_it(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send({"error": {"message": "Unsupported parameter: 'max_tokens'"}}, status=400)
    server.will_send({"choices": [{"message": {"content": "yes"}}]})
    assert await scripted.complete("m", [ChatMessage("user", "x")], max_tokens=5) == "yes"


async def test_the_model_list_of_the_demo(provider: OpenAIProvider) -> None:
    assert await provider.list_models() == [ModelInfo("demo")]


async def test_a_model_list_that_is_none_is_a_typed_error(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send(b"<html>Welcome</html>")
    with pytest.raises(ProviderError) as caught:
        await scripted.list_models()
    assert caught.value.code == "malformed"


async def test_an_endpoint_where_nobody_listens_is_unavailable(quick: Settings) -> None:
    with socket.socket() as taken_but_silent:
        taken_but_silent.bind(("127.0.0.1", 0))
        port = taken_but_silent.getsockname()[1]
        provider = OpenAIProvider(Endpoint(name="Down", base_url=f"http://127.0.0.1:{port}/v1"), quick)
        given = await ask(provider, "x")
        await provider.aclose()
    assert (given.code, given.words) == (
        "unavailable",
        "The model server 'Down' can't be reached. Try again in a moment.",
    )
