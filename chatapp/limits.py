"""Rate limits: how often something may happen, counted in a moving window by the `limits` library.

Counts live in this process's memory. A limit has a name, a rate such as `10/3minutes`, and a key: the address or the
person that is counted.
"""

import ipaddress
import math
import time
from functools import cache

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from chatapp.errors import TooMany


async def check(limit_name: str, rate: str, key: str) -> None:
    """Count one use. Raises TooMany, with the seconds until the next is allowed, when the rate is used up."""
    item = parse(rate)
    if not await _limiter().hit(item, limit_name, key):
        seconds = await _retry_after_seconds(item, limit_name, key)
        raise TooMany(f"Too many attempts. Please try again in {_words(seconds)}.", retry_after_seconds=seconds)


async def count(limit_name: str, rate: str, key: str) -> int:
    """How many uses are in the window now; at most the amount of `rate`."""
    item = parse(rate)
    return item.amount - (await _limiter().get_window_stats(item, limit_name, key)).remaining


async def record(limit_name: str, rate: str, key: str) -> None:
    """Count one use without refusing any."""
    await _limiter().hit(parse(rate), limit_name, key)


async def forget(limit_name: str, rate: str, key: str) -> None:
    """Start from zero again."""
    await _limiter().clear(parse(rate), limit_name, key)


def reset() -> None:
    """Forget every count; for tests, each of which has an event loop of its own."""
    _limiter.cache_clear()


def client_address(peer: str, forwarded_for: str, trusted_proxy_hops: int) -> str:
    """The address that limits count: the peer's, or what the outermost trusted proxy saw.

    `forwarded_for` is the X-Forwarded-For header; anybody can write into its left part, so that it is counted from the
    right. IPv6 counts by /64, because that is what one household or machine gets.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = hops[-trusted_proxy_hops] if 0 < trusted_proxy_hops <= len(hops) else peer
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


async def _retry_after_seconds(item: RateLimitItem, limit_name: str, key: str) -> int:
    stats = await _limiter().get_window_stats(item, limit_name, key)
    return max(1, math.ceil(stats.reset_time - time.time()))


def _words(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
