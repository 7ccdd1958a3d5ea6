"""Hands out parts at an exact rate. Each part has its own deadline on the loop's clock, so lateness never adds up."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import islice

# Waking for each of 2,000 parts a second would cost more than sending them; parts due within a tick go out together.
TICK_SECONDS = 0.005
# Bounds what is written between two looks at the client: 256 parts of 4 KB are 1 MB.
LARGEST_BATCH = 256


async def paced(
    parts: Iterable[str], *, rate_per_second: float, delay_seconds: float = 0.0
) -> AsyncIterator[list[str]]:
    """Yield `parts` in batches: part i is due `delay_seconds + i / rate_per_second` from now, what is late at once."""
    now = asyncio.get_running_loop().time
    first_due = now() + delay_seconds
    await asyncio.sleep(delay_seconds)
    remaining = iter(parts)
    handed_out = 0
    while True:
        # A timer may fire a clock resolution early; the part it was set for is due all the same.
        due = max(1, int((now() - first_due) * rate_per_second) + 1 - handed_out)
        batch = list(islice(remaining, min(due, LARGEST_BATCH)))
        if not batch:
            return
        yield batch
        handed_out += len(batch)
        await _sleep_until(first_due + handed_out / rate_per_second)


async def _sleep_until(deadline: float) -> None:
    seconds = deadline - asyncio.get_running_loop().time()
    await asyncio.sleep(max(seconds, TICK_SECONDS) if seconds > 0 else 0)
