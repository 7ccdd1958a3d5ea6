"""Bytes are read in handfuls: what comes too soon waits for more, and what comes slowly waits for nothing."""

import pytest

from chatapp.providers.reading_pace import FIRST_READS, GATHER_SECONDS, READY_SECONDS, ReadingPace

SOON = 2 * READY_SECONDS


class Stream:
    """A stream whose time passes only when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pace = ReadingPace(lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds

    async def wait_of_bytes(self, after_seconds: float) -> float:
        """How long bytes wait that come so long after they were asked for."""
        self.pace.asks()
        self.now += after_seconds
        before = self.now
        await self.pace.gather()
        return self.now - before


async def test_the_first_bytes_wait_for_nothing() -> None:
    assert await Stream().wait_of_bytes(SOON) == 0


async def test_bytes_that_had_come_already_are_read_on_at_once() -> None:
    stream = Stream()
    await stream.wait_of_bytes(SOON)
    assert await stream.wait_of_bytes(0) == 0


async def test_bytes_that_come_soon_wait_until_it_is_time_to_read_on() -> None:
    stream = Stream()
    for _ in range(FIRST_READS):
        await stream.wait_of_bytes(SOON)
    assert await stream.wait_of_bytes(SOON) == pytest.approx(GATHER_SECONDS - SOON)


async def test_the_first_words_wait_for_less() -> None:
    stream = Stream()
    waits = [await stream.wait_of_bytes(SOON) for _ in range(FIRST_READS + 1)]
    assert waits == sorted(waits)
    assert waits[1] == pytest.approx(GATHER_SECONDS / FIRST_READS - SOON)


async def test_bytes_of_a_slow_model_wait_for_nothing() -> None:
    stream = Stream()
    for _ in range(FIRST_READS):
        await stream.wait_of_bytes(SOON)
    assert await stream.wait_of_bytes(GATHER_SECONDS) == 0
