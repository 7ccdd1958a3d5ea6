"""Waiting for a condition with a deadline: the only way in which tests wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.01


async def until(
    condition: Callable[[], Awaitable[object]], *, seconds: float = 10, what: str = "the condition"
) -> None:
    """Poll an async `condition` until it is true; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not hold within {seconds} s")
        await asyncio.sleep(POLL_SECONDS)


def until_sync(condition: Callable[[], object], *, seconds: float = 10, what: str = "the condition") -> None:
    """Poll a plain `condition` until it is true; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not hold within {seconds} s")
        time.sleep(POLL_SECONDS)
