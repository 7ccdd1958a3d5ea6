"""Turns whatever an endpoint did wrong into a ProviderError: a kind for programs and a reason for people.

The server's own words follow ours, where it has any: only it knows why. `quoting` makes them fit to be shown.
"""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from chatapp.endpoint_address import EndpointAddress
from chatapp.errors import ContextTooLong, ErrorKind, ProviderError, SystemRoleRefused
from chatapp.providers.quoting import Quoting, shortened
from chatapp.providers.refusal import Reason, Refusal
from chatapp.providers.too_long import read_excess
from chatapp.words import SAID, words_of

SHOWN_CHARACTERS = 300
"""Of an error in all: what the page shows without becoming a page of its own."""

NAMED_CHARACTERS = 80
"""Of a model's id or an address within it."""

QUOTE_MIN_CHARACTERS = 20
"""Fewer say nothing."""


class ErrorTranslator:
    """Says what one endpoint did wrong. People know it by its name; `address` is its address without secrets, cut."""

    def __init__(self, endpoint_name: str, api_key: str, address: EndpointAddress) -> None:
        self._name = endpoint_name
        self._api_key = api_key
        self._quoting = Quoting([api_key, *_secrets_of(address)])
        self.address = shortened(self._quoting.hide(address.shown), NAMED_CHARACTERS)
        self._explanations: dict[Reason, Callable[[Refusal, str], ProviderError]] = {
            "moved": self._moved,
            "no_credit": lambda *_: ProviderError("no_credit", code="rejected", endpoint=self._name),
            "rate_limited": self._rate_limited,
            "bad_key": self._bad_key,
            "missing_model": self._missing_model,
            "context_too_long": self._context_too_long,
            "wrong_address": self._wrong_address,
            "timed_out": lambda *_: ProviderError("took_too_long", code="timeout", endpoint=self._name),
            "system_role_refused": lambda *_: SystemRoleRefused("request_refused", endpoint=self._name),
            "rejected": lambda *_: ProviderError("request_refused", code="rejected", endpoint=self._name),
            "unavailable": self._unavailable,
        }

    def refusal(self, refusal: Refusal, model: str) -> ProviderError:
        """Why the server refused, with what it says itself; `model` is "" where a list of models was asked for."""
        error = self._explanations[refusal.reason](refusal, model)
        room = SHOWN_CHARACTERS - len(words_of(error)) - len(SAID.format(said=""))
        if room >= QUOTE_MIN_CHARACTERS and (said := self._quoting.quote(refusal.message, room)):
            error.parameters["said"] = said
        return error

    def unreachable(self) -> ProviderError:
        """No connection could be made."""
        return ProviderError("unreachable", code="unavailable", endpoint=self._name)

    def cannot_connect(self, seconds: float) -> ProviderError:
        """Nobody took the connection in time."""
        return ProviderError("cannot_connect", code="unavailable", endpoint=self._name, seconds=seconds)

    def timeout(self, seconds: float) -> ProviderError:
        """Nothing came in time."""
        return ProviderError("silent", code="timeout", endpoint=self._name, seconds=seconds)

    def total_timeout(self, seconds: float) -> ProviderError:
        """The answer went on, but for too long."""
        return ProviderError("answer_took_too_long", code="timeout", seconds=seconds)

    def broken_off(self) -> ProviderError:
        """The stream ended before the model was done."""
        return ProviderError("broke_off", code="incomplete", endpoint=self._name)

    def gave_up(self, finish_reason: str) -> ProviderError:
        """The server ended the answer with a reason that says that it could not go on."""
        return ProviderError("gave_up", code="incomplete", endpoint=self._name, finish_reason=finish_reason)

    def malformed(self) -> ProviderError:
        """What came does not follow the protocol."""
        return ProviderError("unreadable", code="malformed", endpoint=self._name)

    def event_too_large(self) -> ProviderError:
        """A single event is larger than what may be held in memory."""
        return ProviderError("piece_too_large", code="too_large", endpoint=self._name)

    def answer_too_large(self, max_characters: int) -> ProviderError:
        """The answer did not end within its limit."""
        return ProviderError("answer_too_long", code="too_large", limit=max_characters)

    def _moved(self, refusal: Refusal, _model: str) -> ProviderError:
        if not refusal.moved_to:
            return ProviderError("moved_nowhere", code="rejected", endpoint=self._name)
        to = shortened(self._quoting.hide(refusal.moved_to), NAMED_CHARACTERS)
        return ProviderError("moved", code="rejected", endpoint=self._name, address=to)

    def _rate_limited(self, refusal: Refusal, _model: str) -> ProviderError:
        return ProviderError("model_busy", code="rate_limited", retry_after_seconds=refusal.retry_after_seconds)

    def _bad_key(self, _refusal: Refusal, _model: str) -> ProviderError:
        if self._api_key:
            return ProviderError("key_refused", code="unauthorized", endpoint=self._name)
        return ProviderError("key_missing", code="unauthorized", endpoint=self._name)

    def _missing_model(self, refusal: Refusal, model: str) -> ProviderError:
        if not model:
            return self._wrong_address(refusal, model)
        named = shortened(model, NAMED_CHARACTERS)
        return ProviderError("model_not_offered", code="rejected", endpoint=self._name, model=named)

    def _context_too_long(self, refusal: Refusal, _model: str) -> ProviderError:
        excess = read_excess(refusal.body)
        return ContextTooLong(window_tokens=excess.window_tokens, prompt_tokens=excess.prompt_tokens)

    def _wrong_address(self, refusal: Refusal, model: str) -> ProviderError:
        if not model and refusal.status:
            return ProviderError("no_model_list", code="rejected", endpoint=self._name, address=self.address)
        kind: ErrorKind = "rejected" if refusal.status else "malformed"
        return ProviderError("no_model_server", code=kind, endpoint=self._name, address=self.address)

    def _unavailable(self, refusal: Refusal, _model: str) -> ProviderError:
        wait = refusal.retry_after_seconds
        return ProviderError("endpoint_failed", code="unavailable", endpoint=self._name, retry_after_seconds=wait)


def _secrets_of(address: EndpointAddress) -> list[str]:
    """What of an address is nobody's business: user, password, and what the query carries but the version."""
    parts = urlsplit(address.base_url)
    values = [value for name, value in address.query.items() if name != "api-version"]
    return [*values, *(unquote(part) for part in (parts.username, parts.password) if part)]
