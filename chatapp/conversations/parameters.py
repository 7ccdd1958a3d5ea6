"""What can be set for the answers of a chat: how it is typed, stored, and sent to a model."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from chatapp.conversations.text import clean
from chatapp.errors import Invalid

ParameterName = Literal["temperature", "top_p", "max_tokens", "reasoning_effort", "stop"]
Value = float | int | str | list[str]
Parameters = Mapping[str, Value]
"""Name -> value, of those that are set, as JSON stores them and as OpenAI's API calls them."""

PARAMETERS: tuple[ParameterName, ...] = get_args(ParameterName)
EFFORTS = ("none", "minimal", "low", "medium", "high")
RANGES = {"temperature": (0.0, 2.0), "top_p": (0.0, 1.0)}
MAX_TOKENS = 1_000_000
STOP_WORDS_MAX = 4  # as many as OpenAI's API takes
STOP_WORD_MAX_CHARACTERS = 100


def parse(name: ParameterName, typed: str) -> Value | None:
    """The value in what somebody typed, one stop word a line; None for nothing. Raises Invalid."""
    words = clean(typed)
    if not words.strip():
        return None
    match name:
        case "stop":
            return _stop_words(words.splitlines())
        case "reasoning_effort":
            return _one_of(words.strip())
        case "max_tokens":
            return _whole(words.strip())
    return _number(name, words.strip())


def typed(value: Value | None) -> str:
    """A value as it stands in its box."""
    if value is None:
        return ""
    return "\n".join(value) if isinstance(value, list) else str(value)


def _number(name: str, words: str) -> float:
    least, most = RANGES[name]
    try:
        value = float(words.replace(",", "."))
    except ValueError:
        value = most + 1
    if not least <= value <= most:  # also what is not a number
        raise Invalid("setting_out_of_range", least=least, most=most)
    return value


def _whole(words: str) -> int:
    if not words.isdecimal() or not 1 <= int(words) <= MAX_TOKENS:
        raise Invalid("setting_out_of_range", least=1, most=MAX_TOKENS)
    return int(words)


def _one_of(words: str) -> str:
    if words not in EFFORTS:
        raise Invalid("page_out_of_date")
    return words


def _stop_words(lines: Sequence[str]) -> list[str]:
    words = [line for line in lines if line.strip()]
    if len(words) > STOP_WORDS_MAX or any(len(word) > STOP_WORD_MAX_CHARACTERS for word in words):
        raise Invalid("stop_words_too_many", count=STOP_WORDS_MAX, characters=STOP_WORD_MAX_CHARACTERS)
    return words
