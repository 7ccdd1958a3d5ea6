"""Somebody may get so far ahead at once, and then as far as time brings."""

import pytest

from chatapp.token_bucket import BUCKETS_MAX, TokenBucket, TokenBuckets


def test_what_is_used_up_comes_back_with_time_and_not_beyond_the_start() -> None:
    bucket = TokenBucket(10, 100)
    assert bucket.take(100, 50.0) == 0
    assert bucket.take(10, 50.0) == pytest.approx(1)
    assert bucket.take(10, 50.0) == pytest.approx(2)
    assert bucket.wait_seconds(51.5) == pytest.approx(0.5)
    assert bucket.take(10, 53.0) == 0
    assert bucket.take(100, 10_000.0) == 0
    assert bucket.take(1, 10_000.0) > 0


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    bucket = TokenBucket(10, 0)
    assert bucket.take(10, 50.0) == pytest.approx(1)
    assert bucket.wait_seconds(40.0) == pytest.approx(1)


def test_a_key_has_one_bucket_which_is_forgotten_only_when_that_gives_nothing() -> None:
    buckets = TokenBuckets(10, 100)
    used = buckets.of("ada", 50.0)
    used.take(100, 50.0)
    assert buckets.of("ada", 50.0) is used
    for number in range(BUCKETS_MAX):
        buckets.of(str(number), 50.0)
    assert buckets.of("ada", 50.0) is used
    for number in range(BUCKETS_MAX):
        buckets.of(f"later {number}", 100.0)
    assert buckets.of("ada", 100.0) is not used
