"""Turns whatever an endpoint did wrong into a ProviderError: a kind for programs and a sentence for people.

A server's own words are shown where they help (a refused request), shortened and without keys and addresses.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatapp.errors import ContextTooLong, ProviderError, SystemRoleRefused
from chatapp.providers import system_role
from chatapp.providers.base import ErrorKind
from chatapp.providers.too_long import is_too_long, read_excess

SHOWN_CHARACTERS = 200
"""How much of a server's message people see: it begins with what is wrong."""

SECRETS = re.compile(r"\b(?:sk|pk|gsk|key|hf)[-_][\w*.-]{6,}|\bBearer\s+\S+|\bAIza[\w-]{10,}", re.IGNORECASE)
ADDRESSES = re.compile(r"\b\w+://\S+")

NO_CREDIT_CODES = frozenset({"insufficient_quota", "insufficient_balance", "billing_hard_limit_reached"})
STATUS_OF_CODE = {
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "invalid_request_error": 400,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server says instead of an answer. `status` is 0 when this came inside a stream, without a number."""

    status: int
    codes: frozenset[str] = frozenset()
    message: str = ""
    retry_after_seconds: float | None = None
    body: object = None

    @classmethod
    def read(cls, status: int, body: object, retry_after_seconds: float | None = None) -> "Refusal":
        """Read it from a response's status and its body, whose shape differs from server to server."""
        inner = body.get("error", body) if isinstance(body, Mapping) else body
        if not isinstance(inner, Mapping):
            return cls(status, message=_plain(inner), retry_after_seconds=retry_after_seconds, body=body)
        codes = frozenset(str(inner.get(key)) for key in ("code", "type"))
        message = inner.get("message") or inner.get("detail") or ""
        return cls(status or _status(inner), codes, _plain(message), retry_after_seconds, body)

    @property
    def is_context_too_long(self) -> bool:
        """Whether the request was longer than the model's window."""
        return self.status == 413 or is_too_long(self.codes, self.message)


class Explainer:
    """Words the errors of one endpoint, which it calls by the name that people know."""

    def __init__(self, endpoint_name: str, api_key: str) -> None:
        self._name = f"The endpoint '{endpoint_name}'"
        self._api_key = api_key

    def refusal(self, refusal: Refusal, model: str) -> ProviderError:
        """Why the server refused, as far as it says."""
        if trouble := self._trouble_with_account(refusal):
            return trouble
        if refusal.is_context_too_long:
            excess = read_excess(refusal.body)
            return ContextTooLong(window_tokens=excess.window_tokens, prompt_tokens=excess.prompt_tokens)
        if system_role.is_refused(refusal.body):
            return SystemRoleRefused(self._rejected(refusal.message).user_message)
        if refusal.status == 404 and model:
            return _error("rejected", f"{self._name} does not offer the model '{model}'. Pick another model.")
        if 300 <= refusal.status < 500:
            return self._rejected(refusal.message)
        return _error("unavailable", f"{self._name} has a problem of its own. Please try again in a moment.")

    def unreachable(self) -> ProviderError:
        """No connection could be made."""
        return _error("unavailable", f"{self._name} cannot be reached. Please try again in a moment.")

    def timeout(self, seconds: float) -> ProviderError:
        """Nothing came in time."""
        return _error("timeout", f"{self._name} has sent nothing for {seconds:g} s. Please try again.")

    def total_timeout(self, seconds: float) -> ProviderError:
        """The answer went on, but for too long."""
        return _error("timeout", f"The answer was cut off: it took longer than {seconds:g} s.")

    def broken_off(self) -> ProviderError:
        """The stream ended before the model was done."""
        return _error("incomplete", f"{self._name} broke off in the middle of the answer. Please try again.")

    def malformed(self) -> ProviderError:
        """What came does not follow the protocol."""
        return _error("malformed", f"{self._name} sent something that cannot be read. Please try again.")

    def event_too_large(self) -> ProviderError:
        """A single event is larger than what may be held in memory."""
        return _error("too_large", f"{self._name} sent a piece of the answer that is too large to be taken.")

    def answer_too_large(self, max_characters: int) -> ProviderError:
        """The answer did not end within its limit."""
        return _error("too_large", f"The answer was cut off: it is longer than {max_characters:,} characters.")

    def _trouble_with_account(self, refusal: Refusal) -> ProviderError | None:
        if refusal.status == 402 or not NO_CREDIT_CODES.isdisjoint(refusal.codes):
            return _error("rejected", f"{self._name} has no credit left. Ask whoever runs this chat.")
        if refusal.status in (401, 403):
            trouble = "refuses the key" if self._api_key else "asks for a key"
            return _error("unauthorized", f"{self._name} {trouble}. Ask whoever runs this chat to check it.")
        if refusal.status == 429:
            return _error("rate_limited", f"The model is busy; try again {_when(refusal.retry_after_seconds)}.")
        return None

    def _rejected(self, message: str) -> ProviderError:
        if self._api_key:
            message = message.replace(self._api_key, "[key]")
        words = ADDRESSES.sub("[address]", SECRETS.sub("[key]", message))
        said = f" It says: {_shortened(words)}" if words else ""
        return _error("rejected", f"{self._name} refuses this request.{said}")


def _error(kind: ErrorKind, words: str) -> ProviderError:
    return ProviderError(words, code=kind)


def _status(error: Mapping[str, Any]) -> int:
    """The status of an error inside a stream: OpenRouter's code is one, OpenAI's code or type stands for one."""
    for key in ("code", "status", "type"):
        value = error.get(key)
        if isinstance(value, int):
            return value
        if isinstance(value, str) and value in STATUS_OF_CODE:
            return STATUS_OF_CODE[value]
    return 0


def _plain(message: object) -> str:
    """One line of text; "" when the message is a proxy's web page."""
    text = message if isinstance(message, str) else json.dumps(message) if message else ""
    return "" if text.lstrip().startswith("<") else " ".join(text.split())


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1].rstrip() + "…"


def _when(retry_after_seconds: float | None) -> str:
    if retry_after_seconds is None:
        return "in a moment"
    seconds = max(1, round(retry_after_seconds))
    return f"in {seconds} s" if seconds < 120 else f"in {round(seconds / 60)} minutes"
