"""Judging models by their names: who can chat, and who is the best guess."""

import pytest

from chatapp.catalog.chat_models import can_chat, find_preferred


@pytest.mark.parametrize(
    "model_id",
    [
        "text-embedding-3-large",
        "text-embedding-ada-002",
        "nomic-embed-text:latest",
        "BAAI/bge-m3",
        "whisper-1",
        "gpt-4o-transcribe",
        "gpt-4o-mini-tts",
        "tts-1-hd",
        "gpt-4o-audio-preview",
        "gpt-realtime",
        "dall-e-3",
        "gpt-image-1",
        "gemini-2.5-flash-image",
        "black-forest-labs/flux-1",
        "omni-moderation-latest",
        "jina-reranker-v2",
        "sora-2",
        "davinci-002",
        "gpt-3.5-turbo-instruct",
        "o1-pro",
        "gpt-5-codex",
    ],
)
def test_models_for_something_else_are_hidden(model_id: str) -> None:
    assert not can_chat(model_id)


@pytest.mark.parametrize(
    "model_id",
    [
        "demo",
        "gpt-5",
        "gpt-4o",
        "gpt-3.5-turbo",
        "o3-mini",
        "chatgpt-4o-latest",
        "claude-sonnet-4-5",
        "gemini-2.5-pro",
        "llama3.1:8b-instruct-q4_K_M",
        "meta-llama/Llama-3.3-70B-Instruct",
        "Qwen/Qwen3-32B",
        "mistral-large-latest",
        "deepseek-r1",
        "llava:13b",
        "Canada-7b",
    ],
)
def test_models_that_chat_are_shown(model_id: str) -> None:
    assert can_chat(model_id)


def test_the_plainest_version_of_the_best_known_model_is_preferred() -> None:
    assert find_preferred(["a/gpt-4o", "a/gpt-5-mini", "a/gpt-5-2025-08-07", "a/gpt-5"]) == "a/gpt-5"
    assert find_preferred(["Ollama/llama3.1:8b", "Router/mistralai/mistral-large-2"]) == (
        "Router/mistralai/mistral-large-2"
    )
    assert find_preferred(["a/unknown"]) is None
