"""The pace of flushes follows the load, within its bounds."""

import asyncio

import pytest

from chatapp.streaming.pacing import (
    FAST_CHARACTERS,
    FAST_FACTOR,
    FIRST_FLUSHES,
    LAG_KEPT_SECONDS,
    MAX_SECONDS,
    MIN_SECONDS,
    SECONDS_PER_PAGE,
    FlushScheduler,
    PageFlushTimer,
)


@pytest.mark.parametrize(("pages", "seconds"), [(1, MIN_SECONDS), (50, 50 * SECONDS_PER_PAGE), (1000, MAX_SECONDS)])
def test_live_pages_share_the_budget_for_flushes_within_bounds(pages: int, seconds: float) -> None:
    scheduler = FlushScheduler()
    for _ in range(pages):
        scheduler.note_flush(0)
    assert scheduler.interval_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(("characters", "factor"), [(0, 1), (FAST_CHARACTERS, 2), (100 * FAST_CHARACTERS, FAST_FACTOR)])
def test_text_that_comes_faster_than_anybody_reads_is_shown_less_often(characters: int, factor: float) -> None:
    assert FlushScheduler().interval_seconds(characters) == pytest.approx(factor * MIN_SECONDS)


def test_the_first_words_of_an_answer_are_shown_sooner() -> None:
    waits = [FlushScheduler().interval_seconds(0, flushes) for flushes in range(1, FIRST_FLUSHES + 1)]
    assert waits == sorted(waits)
    assert waits[0] < MIN_SECONDS == waits[-1]


def test_an_event_loop_that_is_late_slows_pages_down_until_that_is_over() -> None:
    now = 1_000.0
    scheduler = FlushScheduler(lambda: now)
    for _ in range(3):
        scheduler.note_lag(0.1)
    assert scheduler.interval_seconds() > MIN_SECONDS + 0.05
    now += LAG_KEPT_SECONDS
    assert scheduler.interval_seconds() == MIN_SECONDS


async def test_pages_whose_pause_is_over_slow_nobody_down() -> None:
    scheduler = FlushScheduler()
    due_at = [scheduler.note_flush(0) for _ in range(5)]
    await let_pass(max(due_at))
    assert scheduler.interval_seconds() == MIN_SECONDS


async def test_a_page_waits_for_the_rest_of_its_pause_and_for_nothing_once_it_is_over() -> None:
    waits: list[float] = []

    async def gather(seconds: float) -> None:
        waits.append(seconds)

    scheduler = FlushScheduler()
    pace = PageFlushTimer(scheduler)
    await pace.wait(gather)
    assert waits == []
    pace.flushed(0)
    await pace.wait(gather)
    assert 0 < waits.pop() <= MIN_SECONDS
    await let_pass(scheduler.note_flush(0))
    await pace.wait(gather)
    assert waits == []


async def test_a_loop_that_is_late_is_flushed_to_less_often() -> None:
    async def come_back_late(seconds: float) -> None:
        hold_up_the_loop(seconds + 4 * MIN_SECONDS)

    scheduler = FlushScheduler()
    pace = PageFlushTimer(scheduler)
    pace.flushed(0)
    await pace.wait(come_back_late)
    assert scheduler.interval_seconds() > MIN_SECONDS


async def let_pass(moment: float) -> None:
    """Wait until `moment`, by the loop's clock, is over."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_at(moment + 0.001, passed.set)
    await passed.wait()


def hold_up_the_loop(seconds: float) -> None:
    """Compute something for so long."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        pass
