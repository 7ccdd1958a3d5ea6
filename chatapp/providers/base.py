"""What every provider yields and raises, whatever server it talks to.

A provider turns one request into parts. It knows nothing of conversations, databases or pages.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class TextPart:
    """The next characters of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """The next characters of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class TextWasReasoning:
    """All text of this answer so far was what the model thought, as only its end has shown: it is reasoning now."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer refers to. `url` is of http or https, or empty where there is none that is harmless."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class SourcesPart:
    """All sources of the answer that have come so far, in the order in which the answer numbers them."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class UsagePart:
    """What the request cost, in tokens, as the server counts them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class FinishPart:
    """The server says that the answer is over: `stop`, `length`, `content_filter`, or whatever else it calls it."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeftOutPart:
    """Parameters that the server has just refused: the answer comes without them. Stands before everything else."""

    names: tuple[str, ...]


Part = TextPart | ReasoningPart | TextWasReasoning | SourcesPart | UsagePart | FinishPart | LeftOutPart

Parameters = Mapping[str, object]
"""What somebody has set for an answer, as OpenAI's API calls it: temperature, top_p, max_tokens, reasoning_effort,
stop."""

NO_PARAMETERS: Parameters = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of what the model is given."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model of one endpoint. `context_tokens` is None where the server does not say."""

    id: str
    context_tokens: int | None = None


class Provider(Protocol):
    """One endpoint that answers."""

    @property
    def shown_address(self) -> str:
        """Where it is, as administrators may see it: without secrets."""
        ...

    def stream(
        self, model: str, messages: Sequence[ChatMessage], parameters: Parameters = NO_PARAMETERS
    ) -> AsyncGenerator[Part, None]:
        """Answer `messages` part by part.

        What of `parameters` the server refuses is left out, with a LeftOutPart when that is new.

        Ends after a FinishPart. Raises ProviderError for every fault, including a stream that ends without a
        FinishPart. Closing the iterator (`aclose`) closes the connection, which ends the work, and the bill, at the
        other side.
        """
        ...

    async def complete(self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int) -> str:
        """Answer `messages` in one piece of at most `max_tokens`, without thinking first where the model can.

        Nobody waits for it, so it gives way: it ends as soon as `stream` is asked for anything. Raises ProviderError.
        """
        ...

    async def list_models(self) -> list[ModelInfo]:
        """The models that the endpoint lists; raises ProviderError."""
        ...

    async def reach(self) -> None:
        """Raises ProviderError (unreachable) where nobody listens at the endpoint's address; nothing is asked of it."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
