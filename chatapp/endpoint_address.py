"""Addresses of model servers as people write them, made into those that requests go to. Pure: nothing is asked.

Mended is what can only mean one thing: quotes and spaces around, no scheme, doubled slashes, no `/v1`, a method's path
at the end. Everything else is refused in words, which an operator reads at start.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import idna

EXAMPLE = "it must look like http://localhost:11434/v1"
SCHEME_MISSING = "say http:// or https:// in front of it"
AZURE_VERSION_MISSING = "on Azure an address with /deployments/ ends with the version, as in ?api-version=2024-10-21"

AROUND = " \t\r\n\v\f\"'`<>“”‘’«»\u00a0\u200b\ufeff"
"""What is copied along with an address: white space, quotation marks, angle brackets, invisible characters."""

METHOD = re.compile(r"(?:/chat/completions)+$|(?<=/v\d)/(?:chat|completions|embeddings|messages|models|responses)$")
PRIVATE_NAME = re.compile(r"[^.]+|.+\.(?:arpa|home|internal|intranet|lan|local|localdomain|localhost|svc|test)")
HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.?", re.ASCII)

API_PATHS = {
    "openrouter.ai": "/api/v1",
    "api.groq.com": "/openai/v1",
    "generativelanguage.googleapis.com": "/v1beta/openai",
    "openai.azure.com": "/openai/v1",
    "services.ai.azure.com": "/openai/v1",
    "cognitiveservices.azure.com": "/openai/v1",
    "api.fireworks.ai": "/inference/v1",
    "api.deepinfra.com": "/v1/openai",
    "api.perplexity.ai": "",
    "api.cohere.ai": "/compatibility/v1",
    "api.cohere.com": "/compatibility/v1",
    "dashscope.aliyuncs.com": "/compatible-mode/v1",
    "dashscope-intl.aliyuncs.com": "/compatible-mode/v1",
    "open.bigmodel.cn": "/api/paas/v4",
    "api.z.ai": "/api/paas/v4",
    "models.github.ai": "/inference",
}
"""Where services have their OpenAI-compatible API, if not at /v1; their subdomains have it there, too."""


@dataclass(frozen=True, slots=True)
class EndpointAddress:
    """`base_url` has neither a query nor a slash at its end; `query` goes with every request."""

    base_url: str
    query: Mapping[str, str]

    @property
    def host(self) -> str:
        """The name or number of the machine, in lower case, without brackets."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def shown(self) -> str:
        """The address as people may see it: without user, password and query."""
        parts = urlsplit(self.base_url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def is_anthropic(self) -> bool:
        """Whether this is Anthropic itself, whose list of models takes the key as its own API does."""
        return _is_within(self.host, "anthropic.com")

    @property
    def is_azure(self) -> bool:
        """Whether the key goes into Azure's header; gateways in front of it are known by the version in the query."""
        return "api-version" in self.query or _is_within(self.host, "azure.com")

    @property
    def deployment(self) -> str:
        """The one model that an address of Azure's older form serves; "" for all others."""
        found = re.search(r"/deployments/([^/]+)$", self.base_url)
        return found[1] if found else ""

    def chat_path(self, model: str) -> str:
        """What follows the base URL in a question to `model`."""
        if self.base_url.endswith("/openai") and "api-version" in self.query:
            return f"/deployments/{quote(model, safe='')}/chat/completions"
        return "/chat/completions"


def parse_address(written: str) -> EndpointAddress:
    """The address that is meant. Raises ValueError with words that complete "OPENAI_BASE_URL is wrong: "."""
    parts = _with_plain_host(_split(_with_scheme(written.strip(AROUND))))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    path = _path(parts, has_version="api-version" in query)
    address = EndpointAddress(parts._replace(path=path, query="", fragment="").geturl(), query)
    if address.deployment and _is_within(address.host, "azure.com") and "api-version" not in query:
        raise ValueError(AZURE_VERSION_MISSING)
    return address


def _with_scheme(address: str) -> str:
    if not address or any(character.isspace() or not character.isprintable() for character in address):
        raise ValueError(EXAMPLE)
    if known := re.match(r"(https?)(?::/+|//+|:(?=[^/\d]))", address, re.IGNORECASE):  # http:/host, https//host
        return f"{known[1].lower()}://{address[known.end() :]}"
    if "://" in address:
        raise ValueError(EXAMPLE)
    address = address.lstrip("/")
    if re.match(r"[0-9a-f]*:[0-9a-f:]+(?:/|$)", address, re.IGNORECASE) and address.count(":") > 1:
        raise ValueError("an IPv6 address stands in brackets, as in http://[::1]:11434/v1")
    return f"{_likely_scheme(_split(f'http://{address}'))}://{address}"


def _likely_scheme(parts: SplitResult) -> str:
    """http inside a network, https outside. A key must not travel in the clear because somebody left out a word."""
    host = parts.hostname or ""
    try:
        is_private = not ipaddress.ip_address(host).is_global
    except ValueError:
        is_private = PRIVATE_NAME.fullmatch(host) is not None
        if not is_private and parts.port in {None, 443}:
            return "https"
    if not is_private:
        raise ValueError(SCHEME_MISSING)
    return "https" if parts.port == 443 else "http"


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:  # a port out of range, or brackets that do not match
        raise ValueError(EXAMPLE) from error
    if not parts.hostname or port == 0:
        raise ValueError(EXAMPLE)
    return parts


def _with_plain_host(parts: SplitResult) -> SplitResult:
    """The same with an international name as it goes over the wire."""
    host = parts.hostname or ""
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(EXAMPLE) from error
    is_doubled_scheme = plain in {"http", "https"}
    if is_doubled_scheme or not (HOST.fullmatch(plain) or ":" in plain):
        raise ValueError(EXAMPLE)
    login, at, _ = parts.netloc.rpartition("@")
    number = f"[{plain}]" if ":" in plain else plain
    return parts._replace(netloc=f"{login}{at}{number}{f':{parts.port}' if parts.port else ''}")


def _path(parts: SplitResult, *, has_version: bool) -> str:
    """Where the API begins. A method's path tells exactly; nothing, or only the beginning, is completed."""
    path = re.sub(r"/+", "/", parts.path).rstrip("/")
    path, whole_paths = METHOD.subn("", path)
    path = re.sub(r"(/v\d+)\1+$", r"\1", path)
    if whole_paths:
        return path
    host = parts.hostname or ""
    api = next((found for known, found in API_PATHS.items() if _is_within(host, known)), "/v1")
    if has_version and api == "/openai/v1":
        api = "/openai"
    is_ollamas_own = parts.port == 11434 and path == "/api"
    return api if is_ollamas_own or f"{api}/".startswith(f"{path}/") else path


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
