"""Models that take no system prompt are known by their refusal, and get it within the first question."""

import pytest

from chatapp.endpoint_address import parse_address
from chatapp.errors import SystemRoleRefused
from chatapp.providers import system_role
from chatapp.providers.base import ChatMessage
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.providers.refusal import Refusal
from tests.providers.refusals import NAMES_BOTH, NAMES_NEITHER, REFUSES_SYSTEM, of_openai

SYSTEM = ChatMessage("system", "Be kind.")
FIRST = ChatMessage("user", "Hello")


@pytest.mark.parametrize(("status", "body"), REFUSES_SYSTEM.values(), ids=REFUSES_SYSTEM)
def test_each_servers_refusal_of_the_role_is_known(status: int, body: object) -> None:
    error = ErrorTranslator("Box", "", parse_address("http://box/v1")).refusal(Refusal.read(status, body), "m")
    assert isinstance(error, SystemRoleRefused)
    assert error.code == "rejected"


@pytest.mark.parametrize(
    "words",
    [
        "The system is not available at the moment",
        "Your operating system does not support this",
        "Internal system error",
        "model requires more system memory (8.4 GiB) than is available (3.1 GiB)",
        "Unsupported parameter: 'max_tokens'",
        "Only users with access may call this",
        *NAMES_NEITHER,
        *(str(body(4_096, 5_000)) for body in NAMES_BOTH.values()),
    ],
)
def test_other_refusals_are_not_about_the_role(words: str) -> None:
    assert not system_role.is_refused(of_openai(words))


async def test_the_prompt_goes_into_the_first_question_of_models_that_refused_it_and_of_no_other(
    provider: OpenAIProvider, scripted: OpenAIProvider
) -> None:
    rest = [ChatMessage("assistant", "Hi"), ChatMessage("user", "Why?")]
    assert system_role.fitting(provider, "m", [SYSTEM, FIRST, *rest]) == [SYSTEM, FIRST, *rest]
    system_role.remember(provider, "m")
    folded = [ChatMessage("user", "Be kind.\n\nHello"), *rest]
    assert system_role.fitting(provider, "m", [SYSTEM, FIRST, *rest]) == folded
    assert system_role.fitting(provider, "m", [FIRST, *rest]) == [FIRST, *rest]
    assert system_role.fitting(provider, "other", [SYSTEM, FIRST]) == [SYSTEM, FIRST]
    assert system_role.fitting(scripted, "m", [SYSTEM, FIRST]) == [SYSTEM, FIRST]
