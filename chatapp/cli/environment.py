"""What else stands in the environment: proxies and certificates, which libraries read, and names that mean nothing."""

import os
import ssl
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies

from chatapp.errors import SettingsError
from chatapp.settings import LOOPBACK_NAMES, PREFIX, names_in_use, variables
from chatapp.web_origin import ascii_host

PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
PROXY_EXAMPLE = (
    "it must look like http://proxy.example.org:3128 or socks5://proxy.example.org:1080 (in a password write %23 for #)"
)

OF_OTHERS = frozenset({"CHATAPP_BACKENDS", "CHATAPP_EXPORT", "CHATAPP_PAGES_URL", "CHATAPP_PROXY_PORT"})
"""What the web servers of deploy/ read from the same environment."""

OF_TESTS = f"{PREFIX}TEST_"


def check_proxies() -> None:
    """Raise SettingsError naming the variable of a proxy that could not be used."""
    found = getproxies()
    for kind in ("http", "https", "all"):
        if address := found.get(kind):
            _check_proxy(f"{kind.upper()}_PROXY", address)


def check_certificates() -> None:
    """Raise SettingsError naming the variable, if certificates are looked for where there are none."""
    if file := os.environ.get("SSL_CERT_FILE"):
        try:
            ssl.create_default_context(cafile=file)
        except OSError as error:  # which an SSLError is too
            raise SettingsError(f"SSL_CERT_FILE is wrong: {file} is no file of PEM certificates.") from error


@cache  # Reflex reads its configuration again in the same process
def warn_of_unknown() -> None:
    """Print one line for each variable that begins as ours do and is none of them."""
    for name in unknown(names_in_use()):
        near = _nearest(name)
        print(f"chatapp: {name} is no setting.{f' Did you mean {near}?' if near else ''}", file=sys.stderr)


@cache
def warn_of_open_redis(host: str, *, has_password: bool) -> None:
    """Print one line if Redis is another machine's and asks nobody for a password. `host` is "" for a unix socket."""
    if host and host not in LOOPBACK_NAMES and not has_password:
        print(
            f"chatapp: Redis at {host} has no password: whoever reaches it reads and forges answers.", file=sys.stderr
        )


def unknown(names: Iterable[str]) -> list[str]:
    """Which of `names` begin as our settings do and are none of them, in upper case."""
    with_prefix = {f"{PREFIX}{name.upper()}" for name in variables()}  # CHATAPP_PORT is read as PORT is
    ours = OF_OTHERS | with_prefix
    candidates = {name.upper() for name in names}
    return sorted(n for n in candidates if n.startswith(PREFIX) and not n.startswith(OF_TESTS) and n not in ours)


def _nearest(name: str) -> str | None:
    by_ending = {variable.removeprefix(PREFIX): variable for variable in variables().values()}
    found = get_close_matches(name.removeprefix(PREFIX), by_ending, n=1)
    return by_ending[found[0]] if found else None


def _check_proxy(variable: str, address: str) -> None:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        has_more = parts.path.strip("/") or parts.query or parts.fragment  # also what follows a # in a password
        is_usable = parts.scheme in PROXY_SCHEMES and ascii_host(parts.hostname or "") and parts.port != 0
    except ValueError:  # about its host or port
        is_usable, has_more = False, ""
    if not is_usable or has_more:  # not repeated: it may hold a password
        raise SettingsError(f"{variable} is wrong: {PROXY_EXAMPLE}.")
