"""The HTTP client of one endpoint: which transport, proxy and limits it has, and that it keeps nothing of anybody."""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
from openai import DefaultAsyncHttpxClient

from chatapp.providers.paced_transport import PacedTransport
from chatapp.settings import LOOPBACK_NAMES, Settings

CONNECTIONS_MAX = 1_000
"""To one endpoint; the SDK's own figure."""

IDLE_CONNECTIONS = 8
"""Kept for the next requests; the SDK would keep 100. Every request looks at all of them, which takes 30 to 65 us each:
50 of them made up more than half of a request's cost, as much as a new connection."""


def http_client(base_url: str, settings: Settings) -> httpx2.AsyncClient:
    """A client that keeps no cookies: one endpoint serves many people, and none may continue another's session."""
    address = urlsplit(base_url)
    is_secure = address.scheme == "https"  # plain http needs no certificates, and loading them takes 20 ms
    is_local = address.hostname in LOOPBACK_NAMES  # no proxy can reach this machine's own loopback
    limits = httpx2.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=IDLE_CONNECTIONS)
    return DefaultAsyncHttpxClient(
        transport=None if not is_local and _has_proxy(address) else PacedTransport(limits, is_secure=is_secure),
        timeout=httpx2.Timeout(None, connect=settings.connect_timeout_seconds),  # the rest is up to Deadlines
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,  # a key goes to the address it was set for and to no other
        trust_env=not is_local,
        limits=limits,
        verify=is_secure,
    )


def _has_proxy(address: SplitResult) -> bool:
    """Whether the environment names a proxy for this address. httpx speaks to those, at a pace of its own."""
    return bool(getproxies().keys() & {address.scheme, "all"}) and not proxy_bypass(address.hostname or "")
