"""Rate limits: how often something may happen, counted by the `limits` library from a first use on, then again.

A limit has a name, a rate such as `10/3minutes`, and a key: the address or the person that is counted. Counts live in
the memory of a single process, and in Redis where there are several; while that is down, each process counts alone.
"""

import ipaddress
import math
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TypeVar

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from chatapp.errors import TooMany
from chatapp.log import get_logger
from chatapp.repeated import Repeated

log = Repeated(get_logger(__name__))

SOCKET_SECONDS = 1.0
"""How long an answer of Redis is waited for before this process counts alone."""

R = TypeVar("R")

_redis_url = ""


def use(redis_url: str) -> None:
    """Count in this Redis from now on, together with every other process that does."""
    global _redis_url  # noqa: PLW0603 - one place for counts is the point of this module
    _redis_url = redis_url
    reset()


async def check(limit_name: str, rate: str, key: str, *, reason: str = "too_many_attempts") -> None:
    """Count one use. Raises TooMany for `reason`, with the seconds until the next, if the rate is used up."""
    item = parse(rate)
    if not await _ask(lambda limiter: limiter.hit(item, limit_name, key)):
        seconds = await _retry_after_seconds(item, limit_name, key)
        raise TooMany(reason, retry_after_seconds=seconds)


async def count(limit_name: str, rate: str, key: str) -> int:
    """How many uses are in the window now; at most the amount of `rate`."""
    item = parse(rate)
    return item.amount - (await _ask(lambda limiter: limiter.get_window_stats(item, limit_name, key))).remaining


async def record(limit_name: str, rate: str, key: str) -> None:
    """Count one use without refusing any."""
    await _ask(lambda limiter: limiter.hit(parse(rate), limit_name, key))


async def forget(limit_name: str, rate: str, key: str) -> None:
    """Start from zero again."""
    await _ask(lambda limiter: limiter.clear(parse(rate), limit_name, key))


def reset() -> None:
    """Forget every count in memory; for tests, each of which has an event loop of its own."""
    _own.cache_clear()
    _shared.cache_clear()


def client_address(peer: str, forwarded_for: str, trusted_proxy_hops: int) -> str:
    """The address that limits count: the peer's, or what the outermost trusted proxy saw.

    `forwarded_for` is the X-Forwarded-For header; anybody can write into its left part, so that it is counted from the
    right. IPv6 counts by /64, because that is what one household or machine gets; IPv4 that is written as IPv6 is IPv4.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = hops[-trusted_proxy_hops] if 0 < trusted_proxy_hops <= len(hops) else peer
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if parsed.version == 4 or parsed.is_loopback:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


async def _ask(question: Callable[[FixedWindowRateLimiter], Awaitable[R]]) -> R:
    """Ask where the counts are; this process's own while Redis is down."""
    if _redis_url:
        try:
            return await question(_shared())
        except StorageError as error:
            log.warning("limits_away", reason=type(error.storage_error).__name__)
    return await question(_own())


@cache
def _own() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


@cache
def _shared() -> FixedWindowRateLimiter:
    storage = RedisStorage(
        f"async+{_redis_url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="chatapp:rates",
        socket_timeout=SOCKET_SECONDS,
        socket_connect_timeout=SOCKET_SECONDS,
    )
    return FixedWindowRateLimiter(storage)


async def _retry_after_seconds(item: RateLimitItem, limit_name: str, key: str) -> int:
    stats = await _ask(lambda limiter: limiter.get_window_stats(item, limit_name, key))
    return max(1, math.ceil(stats.reset_time - time.time()))
