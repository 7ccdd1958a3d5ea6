"""The pace of flushes follows the load, within its bounds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatapp.streaming.pacing import FAST_CHARACTERS, FAST_FACTOR, MAX_SECONDS, MIN_SECONDS, SECONDS_PER_PAGE, Pacer
from tests.waiting import give_way


@asynccontextmanager
async def live_pages(pacer: Pacer, count: int) -> AsyncIterator[None]:
    """So many pages that have just flushed."""
    pauses = [asyncio.create_task(pacer.pause()) for _ in range(count)]
    await give_way()
    yield
    for pause in pauses:
        pause.cancel()
    await asyncio.gather(*pauses, return_exceptions=True)


@pytest.mark.parametrize(("pages", "seconds"), [(1, MIN_SECONDS), (50, 50 * SECONDS_PER_PAGE), (1000, MAX_SECONDS)])
async def test_live_pages_share_the_budget_for_flushes_within_bounds(pages: int, seconds: float) -> None:
    pacer = Pacer()
    async with live_pages(pacer, pages):
        assert pacer.interval_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(("characters", "factor"), [(0, 1), (FAST_CHARACTERS, 2), (100 * FAST_CHARACTERS, FAST_FACTOR)])
def test_text_that_comes_faster_than_anybody_reads_is_shown_less_often(characters: int, factor: float) -> None:
    assert Pacer().interval_seconds(characters) == pytest.approx(factor * MIN_SECONDS)


async def test_pages_that_are_gone_slow_nobody_down() -> None:
    pacer = Pacer()
    async with live_pages(pacer, 50):
        pass
    assert pacer.interval_seconds() == MIN_SECONDS


async def test_a_loop_that_is_late_is_flushed_to_less_often() -> None:
    pacer = Pacer()
    pause = asyncio.create_task(pacer.pause())
    await give_way()
    hold_up_the_loop(seconds=4 * MIN_SECONDS)
    await pause
    assert pacer.interval_seconds() > MIN_SECONDS


def hold_up_the_loop(seconds: float) -> None:
    """Compute something for so long."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        pass
