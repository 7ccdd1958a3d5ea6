"""What of a conversation is sent to a model: as much of its newest part as fits the model's window. Pure.

The system prompt and the last question are always sent; the oldest exchanges are left out first, each question together
with its answer, so that what is sent begins with a question. A question that got no text for an answer is not sent with
the next one: who still wants it answered asks for that answer again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from chatapp.errors import ContextTooLong, ProviderError
from chatapp.generations.estimate import MESSAGE_TOKENS, estimate_tokens
from chatapp.providers.base import ChatMessage, Parameters

# The demo model recognises a request to go on by its first words.
CONTINUE_INSTRUCTION = (
    "Continue exactly where your last answer stopped, without repeating any of it and without a word about going on."
    " If it stopped in the middle of a word, a line or a block of code, go on in the middle of it."
)

SHORT_ANSWER = 8
"""A question that leaves an eighth of the window for its answer is asked, alone; a longer one is not."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of the branch. Of an answer there is what its reader sees, however it ended."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent, how many messages did not fit, its length as estimated before any correction, and what its owner
    has set for the answer."""

    messages: list[ChatMessage]
    omitted_messages: int
    estimated_tokens: int
    parameters: Parameters = field(default_factory=dict)

    @property
    def has_system_role(self) -> bool:
        """Whether the first message is a system prompt."""
        return self.messages[0].role == "system"

    @property
    def is_question_alone(self) -> bool:
        """Whether there is nothing beside the system prompt and one question."""
        return [message.role for message in self.messages if message.role != "system"] == ["user"]


def build(  # noqa: PLR0913 - each is a figure or text of its own, given by name
    turns: Sequence[Turn],
    *,
    system_prompt: str,
    context_tokens: int,
    reserve_tokens: int,
    correction: float = 1.0,
    continuing: str | None = None,
) -> Context:
    """Fit `turns`, which end with the question to be answered, into a window of `context_tokens`.

    `reserve_tokens` of it, at most half, stay free for the answer, less only where the question is long. `correction`
    is what Estimator says for the model. `continuing` is the text of the answer that is to go on; if it is too long,
    only its end is sent. Raises ContextTooLong when the last question alone does not fit, else ProviderError
    (rejected) when there is no question.
    """
    exchanges = _exchanges(sendable(turns))
    if not exchanges:
        raise ProviderError("no_question", code="rejected")
    system = [ChatMessage("system", system_prompt)] if system_prompt.strip() else []
    needed = _tokens(system + exchanges[-1]) * correction
    if needed > context_tokens - context_tokens // SHORT_ANSWER:
        raise question_too_long()
    budget = int((room_tokens(context_tokens, reserve_tokens) - needed) / correction)
    ending = _ending(continuing, budget) if continuing else []
    kept = _newest_that_fit(exchanges[:-1], budget - _tokens(ending))
    messages = [*system, *chain.from_iterable((*kept, exchanges[-1])), *ending]
    omitted = sum(map(len, exchanges)) - sum(map(len, kept)) - len(exchanges[-1])
    return Context(messages, omitted, _tokens(messages))


def sendable(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that a model may be given: answers with text, each behind its question, and a question at the end."""
    said = [turn for turn in turns if turn.text.strip()]
    next_roles = [*(turn.role for turn in said[1:]), "assistant"]
    return [turn for turn, next_role in zip(said, next_roles, strict=False) if {turn.role, next_role} != {"user"}]


def room_tokens(context_tokens: int, reserve_tokens: int) -> int:
    """How much of a window a conversation may take, so that an answer has room beside it."""
    return context_tokens - min(reserve_tokens, context_tokens // 2)


def question_too_long() -> ContextTooLong:
    """Nothing can be left out any more."""
    return ContextTooLong("question_beyond_window")


def _exchanges(turns: Iterable[Turn]) -> list[list[ChatMessage]]:
    """Each question with its answer. An answer without a question is left out."""
    exchanges: list[list[ChatMessage]] = []
    for turn in turns:
        if turn.role == "user":
            exchanges.append([])
        if exchanges:
            exchanges[-1].append(ChatMessage(turn.role, turn.text))
    return exchanges


def _newest_that_fit(exchanges: Sequence[list[ChatMessage]], budget_tokens: int) -> list[list[ChatMessage]]:
    first_kept = len(exchanges)
    for exchange in reversed(exchanges):
        budget_tokens -= _tokens(exchange)
        if budget_tokens < 0:
            break
        first_kept -= 1
    return list(exchanges[first_kept:])


def _ending(partial_answer: str, budget_tokens: int) -> list[ChatMessage]:
    """The answer so far, or as much of its end as fits, and the request to go on."""
    instruction = ChatMessage("user", CONTINUE_INSTRUCTION)
    room = budget_tokens - _tokens([instruction]) - MESSAGE_TOKENS
    while partial_answer and estimate_tokens(partial_answer) > room:
        # Halving is cheap, ends soon, and leaves room for history.
        partial_answer = partial_answer[(len(partial_answer) + 1) // 2 :]
    if not partial_answer:
        raise ContextTooLong("answer_beyond_window")
    return [ChatMessage("assistant", partial_answer), instruction]


def _tokens(messages: Iterable[ChatMessage]) -> int:
    return sum(MESSAGE_TOKENS + estimate_tokens(message.content) for message in messages)
