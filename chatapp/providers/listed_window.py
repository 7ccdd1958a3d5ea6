"""Finds the windows of models in what servers list, in which each kind of server names them differently."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# What is loaded before what could be. By name: vLLM and SGLang; LM Studio; LiteLLM and Anthropic; OpenRouter, Together
# and Cohere; Mistral; Groq; Gemini; Novita; Copilot; llama.cpp first and last, as n_ctx_train is only what a model was
# trained for.
NAMES = (
    "n_ctx",
    "max_model_len",
    "loaded_context_length",
    "max_input_tokens",
    "context_length",
    "max_context_length",
    "context_window",
    "inputTokenLimit",
    "context_size",
    "max_context_window_tokens",
    "n_ctx_train",
)
PLACES = ("meta", "top_provider", "limits", "capabilities", "metadata", "model_info")
"""Where some servers have it within the entry of a model."""

DEPTH_MAX = 2

CREATED = re.compile(rb'"created":\s*(\d+)')
LITELLM_CREATED = b"1677610602"
"""When LiteLLM says that every model was created."""


def context_tokens(entry: Mapping[str, Any]) -> int | None:
    """The window that an entry of a model list names, None where it does not."""
    sources = list(_sources(entry, DEPTH_MAX))
    for name in NAMES:
        for source in sources:
            value = source.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


def is_of_litellm(model_list: bytes) -> bool:
    """Whether the list is LiteLLM's, of which older versions tell windows only at `/model/info`."""
    return set(CREATED.findall(model_list)) == {LITELLM_CREATED}


def read_model_info(body: bytes) -> dict[str, int]:
    """The windows in LiteLLM's `/model/info`; of several servers behind one name the smallest. {} if it is no such."""
    try:
        entries = json.loads(body)["data"]
        named = [(entry["model_name"], context_tokens(entry)) for entry in entries]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    windows: dict[str, int] = {}
    for name, tokens in named:
        if isinstance(name, str) and tokens:
            windows[name] = min(tokens, windows.get(name, tokens))
    return windows


def _sources(entry: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    yield entry
    for place in PLACES if depth else ():
        if isinstance(inner := entry.get(place), Mapping):
            yield from _sources(inner, depth - 1)
