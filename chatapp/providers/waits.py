"""How long a server asks to wait: in its headers, in the fields of its error, or only in its words."""

import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from chatapp import clock
from chatapp.providers.error_bodies import objects_in

LONGEST_SECONDS = 31 * 86_400.0
"""What asks for more is no wait: a count of something else, or a moment in a unit that is not known."""

UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
UNIT = r"(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])"
NUMBER = r"\d{1,15}(?:\.\d{1,15})?"
SPAN = re.compile(rf"({NUMBER})\s*({UNIT})", re.IGNORECASE)
ASKED = re.compile(
    rf"\b(?:again|retry(?:ing)?|wait|resets?)\b[^.\d]{{0,40}}?((?:{NUMBER}\s*{UNIT}(?:\s*,?\s*(?:and\s+)?)?)+)",
    re.IGNORECASE,
)

SECONDS_KEYS = ("retrydelay", "retry_after", "retryafter", "retry_after_seconds", "retry-after", "estimated_time")
MILLISECONDS_KEYS = ("retry_after_ms", "retryafterms", "retry-after-ms")
MOMENT_KEY = "x-ratelimit-reset"
"""Seconds or milliseconds since 1970; OpenRouter repeats this header of the model server in the body."""

NO_HEADERS: Mapping[str, str] = {}


def wait_seconds(body: object, words: str, headers: Mapping[str, str] = NO_HEADERS) -> float | None:
    """The wait that a refusal asks for; None when it asks for none. Headers say it best, then fields, then words."""
    return next((wait for wait in _waits(body, words, headers) if 0 <= wait <= LONGEST_SECONDS), None)


def _waits(body: object, words: str, headers: Mapping[str, str]) -> Iterator[float]:
    yield from _in_fields(headers)
    for made in objects_in(body):
        yield from _in_fields(made)
    if asked := ASKED.search(words):
        yield _spans(asked[1])


def _in_fields(fields: Mapping[str, object]) -> Iterator[float]:
    for key in MILLISECONDS_KEYS:
        if (milliseconds := _number(fields.get(key))) is not None:
            yield milliseconds / 1_000
    for key in SECONDS_KEYS:
        yield from _seconds(fields.get(key))
    if moment := _number(fields.get(MOMENT_KEY)):
        yield (moment / 1_000 if moment > 1e11 else moment) - clock.now().timestamp()


def _seconds(value: object) -> Iterator[float]:
    """Of `34`, `"34"`, `"34.5s"` and HTTP's date."""
    if (seconds := _number(value)) is not None:
        yield seconds
    elif isinstance(value, str) and SPAN.match(value):
        yield _spans(value)
    elif isinstance(value, str):
        yield from _until(value)


def _until(date: str) -> Iterator[float]:
    try:
        at = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return
    yield max(0.0, at - clock.now().timestamp())


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not re.fullmatch(NUMBER, str(value).strip()):
        return None
    return float(str(value))


def _spans(text: str) -> float:
    """The sum of `1h`, `12 minutes` and `7.66s`, in seconds."""
    return sum(float(number) * _unit_seconds(unit.lower()) for number, unit in SPAN.findall(text))


def _unit_seconds(unit: str) -> float:
    return 0.001 if unit == "ms" or unit.startswith("milli") else UNIT_SECONDS[unit[0]]
