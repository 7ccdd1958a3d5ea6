"""Each kind of server says its models' windows in its own words, LiteLLM partly at an address of its own."""

import json
import random
from typing import Any

import pytest

from chatapp.providers.base import ModelInfo
from chatapp.providers.listed_window import context_tokens, is_of_litellm, read_model_info
from chatapp.providers.openai_provider import OpenAIProvider
from tests.providers.scripted_server import ScriptedServer

LITELLM = {"object": "model", "created": 1_677_610_602, "owned_by": "openai"}


def entries_with(tokens: int) -> dict[str, dict[str, Any]]:
    """An entry of each kind of server for a model of this window, and larger numbers that are something else."""
    more = tokens * 4
    return {
        "vLLM": {"max_model_len": tokens, "permission": [{"id": "x"}]},
        "llama.cpp": {"meta": {"n_ctx": tokens, "n_ctx_train": more, "n_params": more}},
        "older llama.cpp": {"meta": {"n_ctx_train": tokens, "n_vocab": more}},
        "LM Studio": {"max_context_length": more, "loaded_context_length": tokens},
        "OpenRouter": {"context_length": tokens, "top_provider": {"max_completion_tokens": more}},
        "Mistral": {"max_context_length": tokens, "capabilities": {"completion_chat": True}},
        "Groq": {"context_window": tokens, "max_completion_tokens": more},
        "LiteLLM": {"max_input_tokens": tokens, "max_output_tokens": more},
        "LiteLLM's info": {"model_info": {"max_input_tokens": tokens, "max_tokens": more}},
        "Anthropic": {"max_input_tokens": tokens, "max_tokens": more},
        "Gemini": {"inputTokenLimit": tokens, "outputTokenLimit": more},
        "DeepInfra": {"metadata": {"context_length": tokens, "max_tokens": more}},
        "GitHub": {"limits": {"max_input_tokens": tokens, "max_output_tokens": more}},
        "Copilot": {"capabilities": {"limits": {"max_context_window_tokens": tokens}}},
        "Novita": {"context_size": tokens, "max_output_tokens": more},
    }


@pytest.mark.parametrize("kind", entries_with(1))
def test_the_window_is_found_where_each_server_puts_it(kind: str) -> None:
    for seed in range(10):
        tokens = random.Random(seed).randint(512, 2_000_000)
        assert context_tokens({"id": "m", **entries_with(tokens)[kind]}) == tokens


@pytest.mark.parametrize("value", [None, "4096", 0, -1, True, 1.5, [], {}])
def test_a_window_that_is_no_number_is_unknown(value: object) -> None:
    names = ("max_model_len", "meta", "limits", "model_info")
    assert context_tokens({"id": "m", **dict.fromkeys(names, value)}) is None


def test_litellm_is_known_by_the_moment_at_which_it_says_all_models_were_made() -> None:
    assert is_of_litellm(json.dumps({"data": [{"id": "a", **LITELLM}, {"id": "b", **LITELLM}]}).encode())
    assert not is_of_litellm(json.dumps({"data": [{"id": "a", **LITELLM}, {"id": "b", "created": 1}]}).encode())
    assert not is_of_litellm(b'{"data": [{"id": "a"}]}')


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"data": 7}', b'{"data": ["x"]}', b'{"data": [{}]}', b"\xff", b"[" * 99_999]
)
def test_what_is_no_model_info_tells_nothing(body: bytes) -> None:
    assert read_model_info(body) == {}


async def test_windows_of_an_older_litellm_come_from_its_model_info(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send({"data": [{"id": "a", **LITELLM}, {"id": "b", **LITELLM}, {"id": "c", **LITELLM}]})
    infos = [("a", 8_192), ("b", 32_768), ("b", 16_384), ("c", None)]
    server.will_send({"data": [{"model_name": n, "model_info": {"max_input_tokens": t}} for n, t in infos]})
    assert await scripted.list_models() == [ModelInfo("a", 8_192), ModelInfo("b", 16_384), ModelInfo("c")]
    assert "get /v1/model/info" in server.requests[1].head


@pytest.mark.parametrize(("status", "body"), [(404, {}), (401, {}), (200, b"<html>"), (200, {"data": None})])
async def test_a_litellm_that_does_not_tell_them_is_listed_all_the_same(
    scripted: OpenAIProvider, server: ScriptedServer, status: int, body: object
) -> None:
    server.will_send({"data": [{"id": "a", **LITELLM}]})
    server.will_send(body, status=status)
    assert await scripted.list_models() == [ModelInfo("a")]


async def test_a_server_that_tells_windows_in_its_list_is_asked_for_nothing_else(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send({"data": [{"id": "a", **LITELLM, "max_input_tokens": 8_192}]})
    assert await scripted.list_models() == [ModelInfo("a", 8_192)]
    assert len(server.requests) == 1
