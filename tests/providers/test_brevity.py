"""A short answer is asked for without thinking, in the words of each server; what a model refuses is left out."""

import random
from typing import Any

import pytest

from chatapp.errors import ProviderError, SystemRoleRefused
from chatapp.providers.base import ChatMessage
from chatapp.providers.brevity import Brevity
from chatapp.providers.openai_provider import OpenAIProvider
from tests.providers.refusals import REFUSES_SYSTEM, of_openai
from tests.providers.scripted_server import Request, ScriptedServer, whole

ALL = {
    "max_tokens": 9,
    "reasoning_effort": "none",
    "chat_template_kwargs": {"enable_thinking": False},
    "thinking": {"type": "disabled"},
}
QUESTION = [ChatMessage("user", "x")]
UNNAMED: dict[str, object] = {"detail": "Budget 0 is invalid. This model only works in another mode."}


def refuses(name: str) -> dict[str, object]:
    return of_openai(f"Unrecognized request argument supplied: {name}")


def left_after(*bodies: object) -> dict[str, object]:
    """What a model is asked with that has refused so."""
    brevity = Brevity()
    for body in bodies:
        assert brevity.has_learnt("m", str(body))
    assert brevity.parameters("other", 9) == ALL
    return brevity.parameters("m", 9)


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in ALL.items() if name not in names}


@pytest.mark.parametrize("name", ["reasoning_effort", "chat_template_kwargs", "thinking", "max_tokens"])
def test_a_parameter_that_a_model_does_not_know_is_left_out(name: str) -> None:
    assert left_after(refuses(name)) == without(name)


@pytest.mark.parametrize(
    "words",
    [
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "max_tokens: use max_completion_tokens",
    ],
)
def test_the_limit_has_another_name_where_a_model_says_so(words: str) -> None:
    assert left_after(of_openai(words)) == {"max_completion_tokens": 9, **without("max_tokens")}


@pytest.mark.parametrize(
    ("words", "effort"),
    [
        (
            "'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low'",
            "minimal",
        ),
        ("'reasoning_effort' does not support 'none' with this model. Supported values are: 'low', 'medium'", "low"),
        ("Model grok-4 does not support parameter reasoningEffort.", None),
    ],
)
def test_a_model_that_cannot_but_think_does_so_as_little_as_it_can(words: str, effort: str | None) -> None:
    assert left_after(of_openai(words)).get("reasoning_effort") == effort


def test_several_are_left_out_at_once_where_all_are_named() -> None:
    body = {"detail": [{"type": "extra_forbidden", "loc": ["body", n]} for n in ("thinking", "chat_template_kwargs")]}
    assert left_after(body) == without("thinking", "chat_template_kwargs")


def test_a_refusal_that_names_nothing_leaves_only_the_limit() -> None:
    assert left_after(UNNAMED) == {"max_tokens": 9}


def test_a_model_that_refuses_whatever_it_is_asked_is_soon_left_alone() -> None:
    for seed in range(200):
        numbers, brevity, refusals = random.Random(seed), Brevity(), 0
        words = [*map(str, map(refuses, ALL)), str(UNNAMED), "max_completion_tokens 'minimal' 'low' reasoning_effort"]
        while brevity.has_learnt("m", numbers.choice(words)):
            refusals += 1
        assert refusals <= 7


class Picky(ScriptedServer):
    """Knows some parameters, and refuses the first that it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.known = {"model", "messages"}
        self.body: Any = {"choices": [{"message": {"content": "yes"}}]}

    async def respond(self, request: Request) -> tuple[bytes, ...]:
        unknown = next((name for name in request.fields if name not in self.known), None)
        return whole(refuses(unknown), 400) if unknown else whole(self.body)


async def test_no_parameter_costs_the_answer_and_each_is_asked_for_once(scripted: OpenAIProvider) -> None:
    picky = Picky()
    await picky.start(0)
    try:
        scripted._client.base_url = picky.base_url
        for _ in range(3):
            assert await scripted.complete("m", QUESTION, max_tokens=9) == "yes"
    finally:
        await picky.close()
    assert len(picky.requests) == 1 + len(ALL) + 2
    assert picky.requests[0].fields == {"model": "m", "messages": [{"role": "user", "content": "x"}], **ALL}


async def test_a_refused_system_prompt_is_no_reason_to_leave_parameters_out(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    status, body = REFUSES_SYSTEM["o1-mini"]
    server.will_send(body, status=status)
    with pytest.raises(SystemRoleRefused):
        await scripted.complete("m", QUESTION, max_tokens=9)
    assert len(server.requests) == 1


async def test_a_refusal_for_another_reason_is_told(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send(of_openai("The model is not for you"), status=400)
    with pytest.raises(ProviderError, match="not for you"):
        await scripted.complete("m", QUESTION, max_tokens=9)
    assert len(server.requests) == 2
