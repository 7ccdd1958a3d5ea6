"""Asking a provider in tests: the whole answer, and the error that ended it, as plain data."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from chatapp.errors import ProviderError
from chatapp.providers.base import (
    ChatMessage,
    FinishPart,
    Part,
    Provider,
    ReasoningPart,
    TextPart,
    TextWasReasoning,
    UsagePart,
)
from chatapp.words import words_of


@dataclass
class Given:
    """What came of a request."""

    text: str = ""
    reasoning: str = ""
    usage: UsagePart | None = None
    finish_reason: str = ""
    error: ProviderError | None = None

    parts: list[Part] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.error.code if self.error else ""

    @property
    def words(self) -> str:
        return words_of(self.error) if self.error else ""


def parts_of(provider: Provider, question: str, model: str = "demo") -> AsyncGenerator[Part, None]:
    return provider.stream(model, [ChatMessage("user", question)])


async def ask(provider: Provider, question: str, model: str = "demo") -> Given:
    """Ask, and take all that comes; ProviderError is part of what comes, anything else is a bug and passes."""
    given = Given()
    try:
        async with aclosing(parts_of(provider, question, model)) as parts:
            async for part in parts:
                _take(given, part)
    except ProviderError as error:
        given.error = error
    return given


def _take(given: Given, part: Part) -> None:
    given.parts.append(part)
    match part:
        case TextPart(text):
            given.text += text
        case ReasoningPart(text):
            given.reasoning += text
        case TextWasReasoning():
            given.reasoning, given.text = given.reasoning + given.text, ""
        case UsagePart():
            given.usage = part
        case FinishPart(reason):
            given.finish_reason = reason
