"""Whether anybody listens where an endpoint is. It is found out without asking anything of the model."""

import asyncio
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from chatapp.settings import LOOPBACK_NAMES

CONNECT_SECONDS = 0.5
"""How long a question may wait for the connection. An address that says nothing for longer may still answer it."""

PORTS = {"http": 80, "https": 443}


async def has_no_listener(base_url: str) -> bool:
    """Whether the name of the machine is unknown or nobody takes a connection there.

    False where that cannot be known: nothing is heard in time, or a proxy stands between.
    """
    address = urlsplit(base_url)
    host, port = address.hostname or "", address.port or PORTS[address.scheme]
    if _is_behind_proxy(address.scheme, host):
        return False
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return False
    except OSError:
        return True
    writer.close()
    return False


def _is_behind_proxy(scheme: str, host: str) -> bool:
    proxies = {} if host in LOOPBACK_NAMES else getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(host)
