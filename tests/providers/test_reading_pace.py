"""Bytes are read in handfuls: what comes too soon waits for more, and what comes slowly waits for nothing."""

import pytest

from chatapp.providers.reading_pace import FIRST_READS, GATHER_SECONDS, ReadingPace

SOON = GATHER_SECONDS / 5


class Response:
    """A response whose time passes only when the test says so. Its head has been read."""

    def __init__(self, now: float = 1_000.02) -> None:
        self.now = now
        self.pace = ReadingPace(lambda: self.now, self._sleep)
        self.pace.has_read()

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds

    async def read(self, after_seconds: float) -> float:
        """How long the pause before a read is, whose bytes come so long after they were asked for."""
        before = self.now
        await self.pace.pause()
        pause_seconds = self.now - before
        self.now += after_seconds
        self.pace.has_read()
        return pause_seconds


async def test_the_first_bytes_wait_for_nothing() -> None:
    assert await Response().read(SOON) == 0


async def test_the_first_words_wait_for_less() -> None:
    response = Response()
    pauses = [await response.read(0) for _ in range(FIRST_READS + 1)]
    assert pauses == pytest.approx([GATHER_SECONDS * read / FIRST_READS for read in range(FIRST_READS)] + [pauses[-1]])


async def test_all_responses_are_read_at_the_same_instants() -> None:
    first, second = Response(now=1_000.003), Response(now=1_000.031)
    for response in (first, second):
        for _ in range(FIRST_READS + 2):
            await response.read(0)
    assert (first.now - second.now) / GATHER_SECONDS == pytest.approx(round((first.now - second.now) / GATHER_SECONDS))
    assert await first.read(0) == pytest.approx(GATHER_SECONDS)


async def test_a_read_that_came_late_is_not_made_up_for() -> None:
    response = await _in_full_pace()
    await response.read(0.7 * GATHER_SECONDS)
    assert await response.read(0) == pytest.approx(1.3 * GATHER_SECONDS)


async def test_bytes_of_a_slow_model_wait_for_nothing() -> None:
    response = await _in_full_pace()
    await response.read(2 * GATHER_SECONDS)
    assert await response.read(2 * GATHER_SECONDS) == 0


async def test_a_model_that_becomes_fast_is_read_in_handfuls_again() -> None:
    response = await _in_full_pace()
    await response.read(2 * GATHER_SECONDS)
    await response.read(SOON)
    assert await response.read(SOON) > 0


async def _in_full_pace() -> Response:
    response = Response()
    for _ in range(FIRST_READS + 2):
        await response.read(0)
    return response
