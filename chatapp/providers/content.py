"""Reads what servers put into a message where others put a string: lists of blocks, objects, numbers of tokens."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatapp.providers.base import ReasoningPart, TextPart, UsagePart

REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
"""DeepSeek, vLLM, LM Studio and llama.cpp; OpenRouter, Ollama and newer vLLM; a few proxies; OpenRouter. One event may
carry the same text under two of these names, so only the first that is filled counts."""

TEXT_FIELDS = ("text", "content", "thinking", "reasoning", "summary", "refusal")
REASONING_BLOCKS = ("thinking", "reasoning")

TOKENS_MAX = 2**31 - 1
"""What a column takes; no request has so many."""


def reasoning_of(delta: Mapping[str, Any]) -> str:
    """What the model thinks, in the first of the fields that is filled; "" without any."""
    for field in REASONING_FIELDS:
        if value := delta.get(field):
            if isinstance(value, str):
                return value
            if text := text_of(value):
                return text
    return ""


def text_of(value: object) -> str:
    """The text in an object or list of any of the usual shapes. Raises TypeError for what can hold none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(text_of(item) for item in value if item is not None)
    if isinstance(value, Mapping):
        return next((text_of(value[field]) for field in TEXT_FIELDS if value.get(field)), "")
    raise TypeError(f"No text: {type(value).__name__}")


def blocks_of(content: object) -> Iterator[TextPart | ReasoningPart | Mapping[str, Any]]:
    """The blocks of a content that is no string, in order; what is neither text nor thinking comes as it is."""
    blocks: list[Any] = content if isinstance(content, list) else [content]
    for block in blocks:
        kind = str(block.get("type") or "text") if isinstance(block, Mapping) else "text"
        if kind.startswith(REASONING_BLOCKS):
            yield ReasoningPart(text_of(block))
        elif "reference" in kind or "citation" in kind:
            yield block
        elif block is not None:
            yield TextPart(text_of(block))
            if isinstance(block, Mapping) and block.get("annotations"):
                yield block


def usage_of(event: Mapping[str, Any]) -> UsagePart | None:
    """What the request cost, if the server says so in numbers; Groq has it in a place of its own."""
    usage = event.get("usage")
    if not usage and isinstance(own := event.get("x_groq"), Mapping):
        usage = own.get("usage")
    if not isinstance(usage, Mapping):
        return None
    prompt_tokens, completion_tokens = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    if not (_is_count(prompt_tokens) and _is_count(completion_tokens)) or not prompt_tokens + completion_tokens:
        return None
    return UsagePart(prompt_tokens, completion_tokens)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= TOKENS_MAX
