"""Knows the refusal of a prompt that is too long, and reads in it how long one may be and how long this one was.

Every server words this in its own way, and proxies quote what the server behind them said. So a few phrases tell which
number is which; what they leave open, size decides: the prompt was longer than the window, or it would have fitted.
"""

import re
from collections.abc import Set
from dataclasses import dataclass

from chatapp.providers.error_bodies import text_of

CODES = frozenset(
    {
        "contextlengthexceeded",
        "exceedcontextsizeerror",
        "modelmaxprompttokensexceeded",
        "stringabovemaxlength",
        "tokenslimitreached",
    }
)
"""As `error_bodies.squeezed` leaves them."""

_WORDS = re.compile(
    r"exceed_context_size|context (?:length|window|size|limit|overflow)|context the overflows"
    r"|(?:prompt|input)\b.{0,30}\btoo long|prompt exceeds"
    r"|(?:maximum|model) (?:input |prompt |model )?length|maximum number of tokens|max size: \d+ tokens"
    r"|too many (?:input |prompt )?tokens|(?:input|prompt|requested) token count|input tokens exceed|input length"
    r"|(?:model|total)? ?tokens? limit (?:exceeded|\d|for this model)|model token limit|max tokens allowed"
    r"|`inputs`.{0,40}\bmust (?:be|have)|reduce the length of (?:the|your) (?:messages|prompt|input)"
    r"|longer than the (?:model|maximum|context)|too large for model with \d+ maximum",
    re.IGNORECASE,
)

READ_CHARACTERS = 4_000
"""How much of a refusal is read; some servers quote the whole prompt behind their sentence."""

TOKENS_MIN = 64
TOKENS_MAX = 100_000_000
"""Smaller and larger numbers are statuses, places in a list and times, not lengths."""

_NUMBER = r"(?<![\w.-])(?P<{}>\d{{1,3}}(?:,\d{{3}})+|\d+)(?![\w-]|\.\d)"
_ANY = re.compile(_NUMBER.format("tokens"))
_STATUS = re.compile(r"\b(?:code|status|http|error)\W{0,6}[1-5]\d\d\b", re.IGNORECASE)

# "n_ctx" and "n_prompt_tokens" are llama.cpp's fields, which a proxy may have put into a string.
_WINDOW = re.compile(
    # As in: maximum context length is 8192; context size (256 tokens); limit: 8192; 5000 > 4096; less than 4095
    r"(?:(?:length|window|size|limit|maximum)(?: for this model)?(?: is| of|:)?(?: only| at most)?|cannot exceed"
    rf"|<=|less than|\d(?: tokens)? >|\bn_ctx\W{{1,3}}) ?\(?{_NUMBER.format('after')}"
    # A model with 32768 maximum context length
    rf"|{_NUMBER.format('before')} (?:tokens )?maximum",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    # As in: 7000 in the messages; 9000 in your prompt; 5000 input tokens; 60000 of text input
    rf"{_NUMBER.format('before')} (?:tokens )?(?:in (?:the|your) (?:messages|prompt)|(?:of )?(?:text )?input"
    r"|from the input|`inputs`|\+ \d+ >)"
    # Prompt contains 40000; prompt is too long: 140000; messages resulted in 9120
    r"|(?:(?:contains|resulted in|too long:|token count of)(?: at least)? |\bn_prompt_tokens\W{1,3}|\bn_keep: )"
    rf"{_NUMBER.format('after')}",
    re.IGNORECASE,
)
_KEPT_FOR_ANSWER = re.compile(
    # As in: 500 in the completion; 1000 for the completion; 1024 output tokens; 188240 + 21333 > 200000
    rf"{_NUMBER.format('before')} (?:tokens )?(?:(?:in|for|from) the (?:completion|output)|output|`max_new_tokens`)"
    rf"|\d \+ {_NUMBER.format('after')} >",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Excess:
    """What a refusal says in tokens, None where it does not: the room for a prompt, and the length that it had."""

    window_tokens: int | None = None
    prompt_tokens: int | None = None


def is_too_long(codes: Set[str], message: str) -> bool:
    """Whether a refusal with these codes and words is about the length of the prompt."""
    return not CODES.isdisjoint(codes) or _WORDS.search(message[:READ_CHARACTERS]) is not None


def read_excess(body: object) -> Excess:
    """The numbers in the body of a refusal: decoded JSON of any shape, or text."""
    text = _STATUS.sub(" ", text_of(body)[:READ_CHARACTERS].replace('\\"', '"'))
    answer = min(_found(_KEPT_FOR_ANSWER, text), default=0)
    prompt = min(_found(_PROMPT, text) - {answer}, default=None)
    others = _found(_ANY, text) - {answer, prompt}
    window = min(_found(_WINDOW, text) & others or others, default=None)
    if window is None:
        return Excess(prompt_tokens=prompt)
    if prompt is None and max(others) > window:
        prompt = max(others)
    return Excess(window - answer if answer < window else window, prompt)


def _found(pattern: re.Pattern[str], text: str) -> set[int]:
    """The numbers at the places of `pattern` that can be the length of a text."""
    digits = (next(filter(None, match.groups())).replace(",", "") for match in pattern.finditer(text))
    numbers = {int(found) for found in digits if len(found) <= len(str(TOKENS_MAX))}
    return {tokens for tokens in numbers if TOKENS_MIN <= tokens <= TOKENS_MAX}
