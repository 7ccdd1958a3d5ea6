"""Models that take no system prompt: knows them by their refusal, and puts the prompt into the first question instead.

Chat templates of such models fail on the role (Gemma, early Mistral), and some services refuse it (o1-mini). It costs
one refused request a process and model; a database would have to be told when a server gets a better template.
"""

import re
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from chatapp.providers.base import ChatMessage, Provider
from chatapp.providers.error_bodies import text_of

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

_lacking: WeakKeyDictionary[Provider, set[str]] = WeakKeyDictionary()


def is_refused(body: object) -> bool:
    """Whether the body of a refusal, decoded JSON of any shape or text, is about the role of a system prompt."""
    text = text_of(body)[:READ_CHARACTERS].replace("\\", "")
    is_about_system = _ABOUT_SYSTEM.search(text) and _REFUSES.search(text)
    return bool(is_about_system or _ONLY_OTHERS.search(text))


def remember(provider: Provider, model: str) -> None:
    """From now on `fitting` folds the system prompt for this model of the endpoint."""
    _lacking.setdefault(provider, set()).add(model)


def fitting(provider: Provider, model: str, messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """The messages as this model takes them: with their system prompt, or with it before the first question."""
    if model not in _lacking.get(provider, ()) or len(messages) < 2 or messages[0].role != "system":
        return messages
    first, rest = messages[1], messages[2:]
    return [ChatMessage(first.role, f"{messages[0].content}\n\n{first.content}"), *rest]
