"""Counting, and whose address is counted."""

import asyncio
import time
from collections.abc import Iterator
from typing import cast

import pytest
from limits.aio.storage import MemoryStorage

from chatapp import limits
from chatapp.errors import TooMany


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
    assert 55 <= refused.value.retry_after_seconds <= 60
    assert "s." in refused.value.user_message


@pytest.mark.asyncio
async def test_recorded_uses_can_be_counted_and_forgotten() -> None:
    for _ in range(3):
        await limits.record("failure", "20/15minutes", "ada")
    assert await limits.count("failure", "20/15minutes", "ada") == 3
    await limits.forget("failure", "20/15minutes", "ada")
    assert await limits.count("failure", "20/15minutes", "ada") == 0


@pytest.mark.asyncio
async def test_what_no_limit_needs_any_more_is_forgotten_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = cast(MemoryStorage, limits._own().storage)
    await limits.record("failure", "1/second", "ada")
    assert counts.timer
    await counts.timer  # the first use sweeps
    await limits.record("failure", "1/second", "eve")
    later = time.time() + 2
    monkeypatch.setattr(time, "time", lambda: later)
    await limits.record("failure", "1/minute", "bob")
    for _ in range(20):
        await asyncio.to_thread(int)  # a sweep would be over by then, with a trip like this for each key
    assert len(counts.events) == 3
    monkeypatch.setattr(limits, "SWEEP_SECONDS", 0.0)

    await limits.record("failure", "1/minute", "bob")
    await counts.timer
    assert len(counts.events) == 1


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
