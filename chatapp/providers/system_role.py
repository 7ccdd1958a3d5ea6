"""Models that take no system prompt: knows them by their refusal, and puts the prompt into the first question instead.

Chat templates of such models fail on the role (Gemma, early Mistral), and some services refuse it (o1-mini). It costs
one refused request a process and model; a database would have to be told when a server gets a better template.
"""

import json
import re
from collections.abc import Sequence

from chatapp.providers.base import ChatMessage

READ_CHARACTERS = 4_000

_ABOUT_SYSTEM = re.compile(
    r"\b(?:system|developer)\W{0,3}(?:role|message|prompt|instruction)|\brole\b.{0,60}\bsystem\b"
    r"|\bsystem\b.{0,60}\b(?:role|assistant)\b",
    re.IGNORECASE | re.DOTALL,
)
_REFUSES = re.compile(r"\bnot\b|n't\b|\bun(?:supported|expected|known)\b|\b(?:invalid|illegal|only)\b", re.IGNORECASE)
# "Only user and assistant roles are supported", "roles must alternate": where a template counts the roles, the system
# prompt, being first, puts them out of step.
_ONLY_OTHERS = re.compile(
    r"\b(?:only|should be|must be|one of|expected)\b.{0,40}\buser\b.{0,20}\b(?:assistant|model|tool)\b"
    r"|\broles? must alternate|\bmust alternate between.{0,20}\buser\b"
    r"|\b(?:first message|must start with|must begin with)\b.{0,30}\buser\b",
    re.IGNORECASE | re.DOTALL,
)

_without_system_role: set[str] = set()


def is_refused(body: object) -> bool:
    """Whether the body of a refusal, decoded JSON of any shape or text, is about the role of a system prompt."""
    text = body if isinstance(body, str) else json.dumps(body, default=str, ensure_ascii=False)
    text = text[:READ_CHARACTERS].replace("\\", "")
    is_about_system = _ABOUT_SYSTEM.search(text) and _REFUSES.search(text)
    return bool(is_about_system or _ONLY_OTHERS.search(text))


def remember(model_key: str) -> None:
    """From now on `fitting` folds the system prompt for this model."""
    _without_system_role.add(model_key)


def is_known_to_lack(model_key: str) -> bool:
    """Whether the model has refused a system prompt in this process."""
    return model_key in _without_system_role


def fitting(model_key: str, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The messages as this model takes them: with their system prompt, or with it before the first question."""
    if not is_known_to_lack(model_key) or not messages or messages[0].role != "system":
        return list(messages)
    first, rest = messages[1], messages[2:]
    return [ChatMessage(first.role, f"{messages[0].content}\n\n{first.content}"), *rest]
