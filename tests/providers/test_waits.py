"""The wait that a server asks for is found in headers, in fields and in words, and is never nonsense."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from chatapp import clock
from chatapp.providers.waits import wait_seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached: Limit 30000, Used 29000. Please try again in 7.66s. Visit the docs", 7.66),
        ("Please try again in 1m30s.", 90),
        ("Please try again in 1h12m0.5s", 4_320.5),
        ("Please try again in 250ms.", 0.25),
        ("Please retry in 34.074824224s.", 34.074824224),
        ("Please retry after 26 seconds.", 26),
        ("Try again after 5 minutes", 300),
        ("wait about 1 minute, 5 seconds before retrying", 65),
        ("Your limit resets in 2 hours and 30 minutes.", 9_000),
        ("Limit 6000 tokens per 1 minute", None),
        ("You may try again.", None),
        ("Try again with at most 5 messages", None),
        ("Please try again in 9000 days", None),
    ],
)
def test_a_wait_is_read_from_words(words: str, seconds: float | None) -> None:
    assert wait_seconds(None, words) == (None if seconds is None else pytest.approx(seconds))


def test_every_duration_that_is_written_out_is_read_as_it_is() -> None:
    dice = random.Random(1)
    spellings = {3_600: ("h", " hours", "hr"), 60: ("m", " min", " minutes", "mins"), 1: ("s", " s", " seconds", "sec")}
    openings = ("Please try again in ", "retry after ", "Retry-After: ", "Wait ", "Retrying in ", "resets in ")
    for _ in range(500):
        amounts = {size: dice.randint(1, 59) for size in spellings if dice.random() < 0.6} or {1: 7}
        span = dice.choice(("", " ", ", ")).join(f"{n}{dice.choice(spellings[size])}" for size, n in amounts.items())
        words = f"Limit 100, used 99. {dice.choice(openings)}{span}. See 5s."
        assert wait_seconds(None, words) == sum(size * n for size, n in amounts.items()), words


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}]}}, 34),
        ([{"error": {"details": [{"retryDelay": "34.5s"}]}}], 34.5),
        ({"error": "Model is loading", "estimated_time": 20.5}, 20.5),
        ({"error": {"retry_after": "12"}}, 12),
        ({"retry_after_ms": 1500}, 1.5),
        ({"retry_after": True, "retryDelay": {}, "estimated_time": "soon"}, None),
        ({"retry_after": -5}, None),
        ({"retry_after": 1e300}, None),
        ({"retry_after": float("nan")}, None),
    ],
)
def test_a_wait_is_read_from_the_fields_of_an_error(body: object, seconds: float | None) -> None:
    assert wait_seconds(body, "") == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 99 Oct 99999 07:28:00 GMT"}, None),
    ],
)
def test_a_wait_is_read_from_headers_before_words(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_seconds(None, "", headers) == seconds
    if seconds is not None:
        assert wait_seconds({"retry_after": 77}, "try again in 99s", headers) == seconds


def test_a_moment_is_told_as_the_time_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    at = now + timedelta(seconds=90)
    reset = {"error": {"metadata": {"headers": {"X-RateLimit-Reset": str(int(at.timestamp() * 1_000))}}}}
    assert wait_seconds(None, "", {"retry-after": format_datetime(at, usegmt=True)}) == 90
    assert wait_seconds(reset, "") == 90
