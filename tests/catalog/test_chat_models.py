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
        "ada",
        "text-ada-001",
        "text-search-ada-doc-001",
        "/srv/llama/models/whisper-large.gguf",
        r"C:\models\llama\bge_m3.gguf",
        "models/gemini-embedding-001",
        "hf.co/nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0",
        "accounts/fireworks/models/flux-1-dev-fp8",
        "/root/.cache/huggingface/hub/models--BAAI--bge-m3/snapshots/5617a9f61b",
        "my_tts_model",
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
        "/home/ada/models/bert-chat.gguf",
        r"C:\Users\Ada\video\llama.gguf",
        "/data/images/audio/llama.gguf",
        "/models/embeddings/llama-3/",
        "speech-lab/llama-3",
        "hf.co/ada/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
        "models/gemini-2.5-pro",
        "ada-chat.gguf",
    ],
)
def test_models_that_chat_are_shown(model_id: str) -> None:
    assert can_chat(model_id)


def test_the_plainest_version_of_the_best_known_model_is_preferred() -> None:
    assert find_preferred(["a/gpt-4o", "a/gpt-5-mini", "a/gpt-5-2025-08-07", "a/gpt-5"]) == "a/gpt-5"
    assert find_preferred(["Ollama/llama3.1:8b", "Router/mistralai/mistral-large-2"]) == (
        "Router/mistralai/mistral-large-2"
    )
    assert find_preferred(["a//home/gpt-5/other.gguf", r"a/C:\models\gemma3-4b.gguf"]) == r"a/C:\models\gemma3-4b.gguf"
    assert find_preferred(["a/unknown"]) is None
