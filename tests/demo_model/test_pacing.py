"""Parts come at the rate that was asked for, whatever else happens."""

import asyncio
import threading
from itertools import chain

import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.pacing import paced
from chatapp.demo_model.server import DemoModel
from tests.demo_model.asking import ask, log_of

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(("count", "rate"), [(100, 100), (200, 400), (1600, 2000)])
async def test_the_rate_is_right_within_a_tenth(client: AsyncOpenAI, demo: DemoModel, count: int, rate: int) -> None:
    await ask(client, f"count {count} at {rate}")
    entry = (await log_of(demo))[-1]
    assert entry["last_part_at"] - entry["first_part_at"] == pytest.approx((count - 1) / rate, rel=0.1)


async def test_many_answers_at_once_keep_their_rate(client: AsyncOpenAI, demo: DemoModel) -> None:
    await asyncio.gather(*(ask(client, "count 50 at 50") for _ in range(20)))
    for entry in await log_of(demo):
        assert entry["last_part_at"] - entry["first_part_at"] == pytest.approx(49 / 50, rel=0.1)


async def test_what_is_late_comes_at_once_and_the_end_is_not_late() -> None:
    now = asyncio.get_running_loop().time
    started_at = now()
    batches: list[list[str]] = []
    async for batch in paced(map(str, range(40)), rate_per_second=100):
        if not batches:
            threading.Event().wait(0.2)  # blocks the loop, as a neighbour does that computes
        batches.append(batch)
    assert len(batches[1]) >= 18
    assert list(chain.from_iterable(batches)) == [str(number) for number in range(40)]
    assert now() - started_at == pytest.approx(0.4, abs=0.04)


async def test_a_delay_comes_before_the_first_part_only() -> None:
    now = asyncio.get_running_loop().time
    started_at = now()
    times = [now() - started_at async for _ in paced("abc", rate_per_second=100, delay_seconds=0.1)]
    assert times == pytest.approx([0.1, 0.11, 0.12], abs=0.02)
