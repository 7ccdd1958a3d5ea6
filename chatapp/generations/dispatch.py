"""Handing committed work on: to the executor of this process, or to a queue. The composition root says which.

Always called after the commit: one that is faster than the transaction would find nothing. If the process dies in
between, or the queue is down, the reaper dispatches what stays queued.
"""

from collections.abc import Awaitable, Callable

from chatapp.errors import RedisUnavailable
from chatapp.log import get_logger

Start = Callable[[str], Awaitable[None]]

log = get_logger(__name__)

_start: Start | None = None


def use(start: Start) -> None:
    """Send generations to `start(generation_id)` from now on."""
    global _start  # noqa: PLW0603 - one receiver per process is the point of this module
    _start = start


async def start(generation_id: str) -> None:
    """Have a queued generation run. Dispatching one twice is harmless: only one claim wins. Raises RuntimeError before
    `use`."""
    if _start is None:
        raise RuntimeError("A generation was started before its executor was.")
    try:
        await _start(generation_id)
    except RedisUnavailable:  # it stays queued in the database until a reaper can dispatch it
        log.warning("dispatch_failed", generation_id=generation_id)
