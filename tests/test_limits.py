"""Counting, and whose address is counted."""

import time
from collections.abc import Iterator
from typing import cast

import pytest
from limits.aio.storage import MemoryStorage

from chatapp import limits
from chatapp.errors import TooMany
from chatapp.words import words_of
from tests.waiting import until


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    limits.reset()
    yield
    limits.reset()


@pytest.mark.asyncio
async def test_a_rate_is_counted_for_each_key_and_each_limit() -> None:
    await limits.check("login", "1/minute", "a")
    await limits.check("login", "1/minute", "b")
    await limits.check("signup", "1/minute", "a")
    with pytest.raises(TooMany) as refused:
        await limits.check("login", "1/minute", "a")
    seconds = refused.value.parameters["retry_after_seconds"]
    assert isinstance(seconds, int)
    assert 55 <= seconds <= 60
    assert "s." in words_of(refused.value)


@pytest.mark.asyncio
async def test_recorded_uses_can_be_counted_and_forgotten() -> None:
    for _ in range(3):
        await limits.record("failure", "20/15minutes", "ada")
    assert await limits.count("failure", "20/15minutes", "ada") == 3
    await limits.forget("failure", "20/15minutes", "ada")
    assert await limits.count("failure", "20/15minutes", "ada") == 0


@pytest.mark.asyncio
async def test_a_rate_that_is_used_up_is_there_again_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    await limits.check("login", "1/minute", "a")
    with pytest.raises(TooMany) as refused:
        await limits.check("login", "1/minute", "a")
    seconds = refused.value.parameters["retry_after_seconds"]
    assert isinstance(seconds, int)
    later = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: later)
    await limits.check("login", "1/minute", "a")


@pytest.mark.asyncio
async def test_what_no_limit_needs_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = cast(MemoryStorage, limits._own().storage)
    for name in ("ada", "eve"):
        await limits.record("failure", "1/second", name)
    later = time.time() + 2
    monkeypatch.setattr(time, "time", lambda: later)
    await limits.record("failure", "1/minute", "bob")

    async def has_one() -> bool:
        return len(counts.expirations) == len(counts.storage) == 1

    await until(has_one, what="nothing left of what has expired")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "hops", "counted"),
    [
        ("198.51.100.1", "203.0.113.9", 0, "198.51.100.1"),
        ("198.51.100.1", "203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1", "6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1", "6.6.6.6, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9"),
        ("198.51.100.1", "203.0.113.9", 2, "198.51.100.1"),
        ("198.51.100.1", "", 1, "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "", 0, "198.51.100.1"),
        ("127.0.0.1", "::ffff:203.0.113.9", 1, "203.0.113.9"),
        ("::1", "", 0, "::1"),
        ("::2", "", 0, "::/64"),
        ("", "", 0, ""),
    ],
)
def test_an_address_is_taken_from_trusted_proxies_only(peer: str, forwarded_for: str, hops: int, counted: str) -> None:
    assert limits.client_address(peer, forwarded_for, hops) == counted
