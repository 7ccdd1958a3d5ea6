"""What people set for answers is sent as each model takes it; what one refuses costs nobody the answer."""

from contextlib import aclosing
from typing import Any

import pytest

from chatapp.errors import ContextTooLong, ProviderError
from chatapp.providers.base import ChatMessage, LeftOutPart, Part, TextPart
from chatapp.providers.chosen import Chosen
from chatapp.providers.openai_provider import OpenAIProvider
from tests.providers.refusals import of_openai
from tests.providers.scripted_server import Request, ScriptedServer, event, streamed, whole

WANTED: dict[str, object] = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 50, "stop": ["END"]}
ANSWER = streamed(event({"content": "yes"}), event({}, finish_reason="stop"), b"data: [DONE]\n\n")


def left_after(*refusals: str) -> dict[str, object]:
    """What a model is sent that has refused so."""
    chosen = Chosen()
    for refusal in refusals:
        assert chosen.learn("m", chosen.taken("m", WANTED), refusal)
    assert chosen.taken("other", WANTED) == WANTED
    return chosen.taken("m", WANTED)


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in WANTED.items() if name not in names}


@pytest.mark.parametrize(
    ("refusal", "names"),
    [
        ("Unsupported value: 'temperature' does not support 0.5 with this model.", ["temperature"]),
        ("`temperature` and `top_p` cannot both be specified for this model", ["temperature", "top_p"]),
        ("Unsupported parameter: 'stop' is not supported with this model.", ["stop"]),
        ("stop sequences: must be at most 4", ["stop"]),
        ("{'detail': [{'loc': ['body', 'top_p'], 'msg': 'Extra inputs are not permitted'}]}", ["top_p"]),
    ],
)
def test_what_a_model_refuses_by_name_is_left_out(refusal: str, names: list[str]) -> None:
    assert left_after(refusal) == without(*names)


def test_the_limit_is_sent_under_its_other_name_and_then_no_more() -> None:
    words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    assert left_after(words) == {"max_completion_tokens": 50, **without("max_tokens")}
    assert left_after(words, "Unknown parameter: max_completion_tokens") == without("max_tokens")


@pytest.mark.parametrize("refusal", ["Please stop asking", "This model is not for you", ""])
def test_a_refusal_about_something_else_teaches_nothing(refusal: str) -> None:
    assert not Chosen().learn("m", WANTED, refusal)


class Picky(ScriptedServer):
    """Takes what it knows, and refuses the first that it does not know."""

    known = frozenset({"model", "messages", "stream", "top_p", "max_completion_tokens"})

    async def respond(self, request: Request) -> tuple[bytes, ...]:
        unknown = next((name for name in request.fields if name not in self.known), None)
        return whole(of_openai(f"Unsupported parameter: '{unknown}'."), 400) if unknown else ANSWER


async def answered(provider: OpenAIProvider) -> list[Part]:
    asking = provider.stream("m", [ChatMessage("user", "x")], WANTED)
    async with aclosing(asking) as parts:
        return [part async for part in parts]


async def test_the_answer_goes_on_without_what_is_refused_and_says_so_once(scripted: OpenAIProvider) -> None:
    picky = Picky()
    await picky.start(0)
    try:
        scripted._client.base_url = picky.base_url
        first, second = await answered(scripted), await answered(scripted)
    finally:
        await picky.close()
    assert first[0] == LeftOutPart(("stop", "temperature"))
    assert TextPart("yes") in first
    assert TextPart("yes") in second
    assert not any(isinstance(part, LeftOutPart) for part in second)
    assert set(picky.requests[-1].fields) == Picky.known
    assert len(picky.requests) == 4 + 2  # temperature, max_tokens, stop, stream_options; then twice what is taken


async def test_a_window_that_is_too_small_is_no_reason_to_leave_anything_out(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    words = "maximum context length is 10 tokens, however you requested 60 (10 in the messages, 50 in max_tokens)"
    refusal: dict[str, Any] = of_openai(words)
    refusal["error"]["code"] = "context_length_exceeded"
    server.will_send(refusal, status=400)
    with pytest.raises(ContextTooLong):
        await answered(scripted)
    assert len(server.requests) == 1


async def test_a_refusal_for_another_reason_is_told(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send(of_openai("The model is not for you"), status=400)
    with pytest.raises(ProviderError, match="not for you"):
        await answered(scripted)
