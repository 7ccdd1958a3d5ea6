"""The HTTP client of one endpoint: which certificates and limits it has, and that it keeps nothing of anybody."""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx2
from openai import DefaultAsyncHttpxClient

from chatapp.settings import LOOPBACK_NAMES, Settings

CONNECTIONS_MAX = 1_000
"""To one endpoint; the SDK's own figure."""

IDLE_CONNECTIONS = 8
"""Kept for the next requests; the SDK would keep 100. Every request looks at all of them, which takes 30 to 65 us each:
50 of them made up more than half of a request's cost, as much as a new connection."""


def http_client(base_url: str, settings: Settings) -> httpx2.AsyncClient:
    """A client that keeps no cookies: one endpoint serves many people, and none may continue another's session."""
    address = urlsplit(base_url)
    return DefaultAsyncHttpxClient(
        timeout=httpx2.Timeout(None, connect=settings.connect_timeout_seconds),  # the rest is up to Deadlines
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,  # a key goes to the address it was set for and to no other
        trust_env=address.hostname not in LOOPBACK_NAMES,  # no proxy can reach this machine's own loopback
        limits=httpx2.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=IDLE_CONNECTIONS),
        # Plain http needs no certificates, and loading them takes 20 ms. SSL_CERT_FILE counts on loopback, too.
        verify=address.scheme == "https" and httpx2.create_ssl_context(),
    )
