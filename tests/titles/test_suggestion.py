"""Asking a model for a title."""

import pytest

from chatapp.demo_model.chat_request import TITLE_INSTRUCTION as KNOWN_TO_THE_DEMO_MODEL
from chatapp.demo_model.server import DemoModel
from chatapp.errors import ProviderError
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from chatapp.titles.suggestion import INSTRUCTION, suggest_title


async def test_the_model_is_asked_in_the_words_that_the_demo_model_knows(settings: Settings) -> None:
    demo = DemoModel()
    await demo.start()
    provider = OpenAIProvider(Endpoint(name="Demo", base_url=demo.base_url), settings)
    title = await suggest_title(provider, "demo", "fail 500 when I reverse a list?", "Because " * 1_000)
    await provider.aclose()
    await demo.close()
    assert title == "Fail 500 when I reverse a list"
    assert INSTRUCTION.startswith(KNOWN_TO_THE_DEMO_MODEL)


async def test_a_model_that_cannot_be_asked_is_the_callers_to_handle(settings: Settings) -> None:
    provider = OpenAIProvider(Endpoint(name="Down", base_url="http://127.0.0.1:1/v1"), settings)
    with pytest.raises(ProviderError):
        await suggest_title(provider, "m", "q", "a")
    await provider.aclose()
