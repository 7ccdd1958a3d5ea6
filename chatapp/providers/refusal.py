"""What a server says instead of an answer, and what it means: the same refusal has other names at each server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

from chatapp.providers import system_role
from chatapp.providers.error_bodies import codes_in, is_page, message_of, read_json, status_in
from chatapp.providers.refusal_words import (
    ADDRESS_WORDS,
    CREDIT_WORDS,
    KEY_CODES,
    KEY_WORDS,
    KEYLIKE_WORDS,
    MINIMAX_STATUSES,
    MODEL_CODES,
    MODEL_WORDS,
    NO_CREDIT_CODES,
    NOT_FOUND_WORDS,
    POLICY_WORDS,
    RATE_CODES,
    RATE_WORDS,
    STATUS_OF_CODE,
)
from chatapp.providers.too_long import is_too_long
from chatapp.providers.waits import NO_HEADERS, wait_seconds

Reason = Literal[
    "moved",
    "no_credit",
    "rate_limited",
    "bad_key",
    "missing_model",
    "context_too_long",
    "system_role_refused",
    "wrong_address",
    "timed_out",
    "rejected",
    "unavailable",
]

RETRY_SECONDS = 0.5
RETRY_AFTER_MAX_SECONDS = 2.0
"""When a server asks for a longer pause, people see an error instead of an unexplained wait."""

PASSING_STATUSES = frozenset({425})
"""What a server was not ready for yet, beside what it gave up or failed at."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server says instead of an answer.

    `status` is that of the response, or what the body says of an error in a stream; 0 where neither names one. `codes`
    are the server's names for the error (`error_bodies.codes_in`). `message` is one sentence as it came, `body` all of
    it, decoded where it is JSON: hostile text, which only `quoting` makes fit to be shown. `moved_to` is the address
    that a redirect names.
    """

    status: int
    codes: frozenset[str] = frozenset()
    message: str = ""
    retry_after_seconds: float | None = None
    body: object = None
    is_page: bool = False
    moved_to: str = ""

    @classmethod
    def read(cls, status: int, body: object, headers: Mapping[str, str] = NO_HEADERS, url: str = "") -> "Refusal":
        """Read it from a body of any shape, decoded or as text. `status` is 0 where the body itself names it."""
        body = read_json(body)
        message = message_of(body)
        codes = codes_in(body)
        return cls(
            status if status >= 300 else _status(body, codes),
            codes,
            message,
            wait_seconds(body, message, headers),
            body,
            is_page(body),
            _target(url, headers.get("location", "")) if 300 <= status < 400 else "",
        )

    @property
    def says_something(self) -> bool:
        """Whether the body was an error at all."""
        return bool(self.message or self.is_page or self.status)

    @property
    def seconds_until_retry(self) -> float | None:
        """When to repeat the request; None when it would fail again, or keep people waiting."""
        reason, asked_seconds = self.reason, self.retry_after_seconds
        if reason == "rate_limited":
            may_pass = asked_seconds is not None
        else:
            may_pass = reason in {"timed_out", "unavailable"} or self.status in PASSING_STATUSES
        seconds = RETRY_SECONDS if asked_seconds is None else asked_seconds
        return seconds if may_pass and seconds <= RETRY_AFTER_MAX_SECONDS else None

    @property
    def is_context_too_long(self) -> bool:
        """Whether the request was longer than the model's window."""
        return self.reason == "context_too_long"

    @property
    def reason(self) -> Reason:
        """What the refusal comes down to. Words count where numbers and codes leave it open."""
        if 300 <= self.status < 400:
            return "moved"
        return self._about_account() or self._about_request() or self._by_status()

    def _about_account(self) -> Reason | None:
        is_limit = self.status == 429 or self._has(RATE_CODES) or (self.status == 413 and self._says(RATE_WORDS))
        is_credit = self.status == 402 or (self._says(CREDIT_WORDS) and not (is_limit and self.retry_after_seconds))
        if self._has(NO_CREDIT_CODES) or is_credit:
            return "no_credit"
        if is_limit:
            return "rate_limited"
        is_refused_key = self.status == 401 or self._has(KEY_CODES) or (self.status < 500 and self._says(KEY_WORDS))
        return "bad_key" if is_refused_key else None

    def _about_request(self) -> Reason | None:
        if self._has(MODEL_CODES):
            return "missing_model"
        if self.status == 413 or is_too_long(self.codes, self.message):
            return "context_too_long"
        return "system_role_refused" if system_role.is_refused(self.body) else None

    def _by_status(self) -> Reason:
        match self.status:
            case 403:
                is_about_key = not self._says(POLICY_WORDS) and self._says(KEYLIKE_WORDS)
                return "bad_key" if is_about_key or self.is_page or not self.message else "rejected"
            case 404 | 405:
                return self._what_is_not_there()
            case 408:
                return "timed_out"
            case 0 if self.is_page or self._says(ADDRESS_WORDS):
                return "wrong_address"
            case status if 400 <= status < 500:
                return "missing_model" if self._says(MODEL_WORDS) else "rejected"
        return "unavailable"

    def _what_is_not_there(self) -> Reason:
        """OpenRouter says 404 also when a person's privacy settings leave nobody to ask."""
        if self._says(POLICY_WORDS):
            return "rejected"
        if not self.is_page and re.search(r"\b(?:model|deployment)", self.message, re.IGNORECASE):
            return "missing_model"
        is_address = self.status == 405 or self.is_page or self._says(ADDRESS_WORDS) or self._says(NOT_FOUND_WORDS)
        return "wrong_address" if is_address else "rejected"

    def _has(self, codes: frozenset[str]) -> bool:
        return not codes.isdisjoint(self.codes)

    def _says(self, words: re.Pattern[str]) -> bool:
        return words.search(self.message) is not None


def _status(body: object, codes: frozenset[str]) -> int:
    """The status of an error without one: OpenRouter's code is a status, those of others stand for one."""
    minimax = body.get("base_resp") if isinstance(body, Mapping) else None
    if isinstance(minimax, Mapping) and isinstance(number := minimax.get("status_code"), int):
        return MINIMAX_STATUSES.get(number, 400 if number >= 1026 else 500)
    if status := status_in(body):
        return status
    if not KEY_CODES.isdisjoint(codes):
        return 401
    return next((STATUS_OF_CODE[code] for code in sorted(codes) if code in STATUS_OF_CODE), 0)


def _target(url: str, location: str) -> str:
    """Where a redirect leads: an address as it can be set, without credentials and query; "" when it is none."""
    try:
        target = urlsplit(urljoin(url, location))
        is_address = target.scheme in {"http", "https"} and bool(target.hostname) and location != ""
    except ValueError:
        return ""
    path = target.path.removesuffix("/").removesuffix("/chat/completions").removesuffix("/models")
    shown = target._replace(netloc=target.netloc.rpartition("@")[2], path=path, query="", fragment="")
    return shown.geturl() if is_address else ""
