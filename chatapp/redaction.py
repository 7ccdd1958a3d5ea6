"""Taking secrets out of what is about to be logged: by the name of a field, and by the look of a text.

Names catch what we log ourselves; looks catch what others put into messages, addresses and the text of exceptions.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

REDACTED = "[redacted]"

MAX_CHARACTERS = 10_000
"""Of one text; strangers choose the length of some. Enough for a stack trace, which tells most at its end."""

LONG_FIELDS = frozenset({"exception", "report", "stack"})
FIELD_MAX_CHARACTERS = 200
"""Of a text in any other field: an address, a header, a path, a name."""

EVENT_MAX_CHARACTERS = 1_000
"""Of what happened, which libraries say in sentences."""

SECRET_NAMES = frozenset(
    {"password", "token", "cookie", "set_cookie", "authorization", "api_key", "x_api_key", "secret", "text", "content"}
)
SECRET_ENDINGS = ("_password", "_token", "_secret", "_api_key", "_cookie", "_passphrase")
"""In a plural they are counts, as in prompt_tokens."""

PARAMETERS = r"[\w-]*(?:token|key|secret|password|passphrase|code|signature|cookie)"
"""In the query of an address; in other words `code` and `key` mean something else."""

WORDS = r"(?:token|secret|password|passwd|passphrase|api[_-]?key)"
"""How the name ends. What stands before is not searched: from each word of a long text, that took minutes."""

HEADERS = r"(?:Proxy-)?Authorization|(?:Set-)?Cookie|X-API-Key"
VALUE = r"'[^']*'|\"[^\"]*\"|[^\s,;&)}\]]+"

LOOKS = (
    (re.compile(r"(?<=://)[^\s/?#@:]*:[^\s/?#]*@"), f"{REDACTED}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(rf"\b({HEADERS})(['\"]?\s*[:=,]\s*)[^\r\n]+", re.IGNORECASE), rf"\1\2{REDACTED}"),
    (re.compile(rf"([?&;]{PARAMETERS}=)[^\s&#;'\"]+", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(rf"({WORDS}['\"]?\s*[=:]\s*)(?!\[redacted)(?:{VALUE})", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(r"\b(?:sk|pk|rk)-[\w-]{8,}"), REDACTED),
    (re.compile(r"\[parameters: .*", re.DOTALL), f"[parameters: {REDACTED}]"),  # SQLAlchemy's: people's words
    (re.compile(r"Event data: .*", re.DOTALL), f"Event data: {REDACTED}"),  # Reflex's: the same
)
"""What a secret looks like, and what is written instead. Headers are taken whole, because schemes and cookies vary.

Each takes time in proportion to the text: anybody may have a refused address logged."""


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event without secrets, at any depth, and with no text that is long; a processor of structlog."""
    return {str(name): _without_secrets(str(name), value) for name, value in event.items()}


def scrub(text: str) -> str:
    """The text without anything that looks like a secret; of a very long one, its two ends."""
    for look, instead in LOOKS:
        text = look.sub(instead, text)
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS else f"{text[:half]} [{len(text)} characters] {text[-half:]}"


def _without_secrets(name: str, value: object) -> object:
    if _is_secret(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {_shortened("", str(key)): _without_secrets(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _shortened(name, scrub(value.decode(errors="replace") if isinstance(value, bytes) else str(value)))


def _shortened(name: str, text: str) -> str:
    if name in LONG_FIELDS:
        return text
    return text[: EVENT_MAX_CHARACTERS if name == "event" else FIELD_MAX_CHARACTERS].replace("\x7f", "\\x7f")


def _is_secret(name: str) -> bool:
    known = name.lower().replace("-", "_")
    return known in SECRET_NAMES or known.endswith(SECRET_ENDINGS)
