"""The origin of a web address as browsers name it: scheme, host and port, and nothing that could be left out."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import idna

EXAMPLE = "must look like https://chat.example.org"
DEFAULT_PORTS = {"http": 80, "https": 443}
PLAIN_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?")


def origin_of(address: str) -> str:
    """The origin of `address`: lower case, without a default port, an international name in its ASCII form.

    Raises ValueError, whose words say what an address must look like, for one that is more than an origin.
    """
    parts, port = _split(address.strip())
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{EXAMPLE}, without a user's name")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{EXAMPLE}, without a path: chatapp needs a host or a port of its own")
    is_default = port in {None, DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{ascii_host(parts.hostname or '')}{'' if is_default else f':{port}'}"


def _split(address: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ValueError(EXAMPLE) from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or port == 0 or re.search(r"[\s\\]", address):
        raise ValueError(EXAMPLE)
    return parts, port


def ascii_host(name: str) -> str:
    """The name or address of a host, in lower case, as it stands in an address. Raises ValueError for what is none."""
    if ":" in name:
        return f"[{ipaddress.ip_address(name).compressed}]"
    try:
        plain = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(
            f"{EXAMPLE}; {name} is no name of a host: write its ASCII form, which begins with xn--"
        ) from error
    if not PLAIN_NAME.fullmatch(plain):
        raise ValueError(f"{EXAMPLE}; {name} is no name of a host")
    return plain
