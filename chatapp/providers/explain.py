"""Turns whatever an endpoint did wrong into a ProviderError: a kind for programs and a sentence for people.

The server's own words follow ours, where it has any: only it knows why. `quoting` makes them fit to be shown.
"""

import math
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from chatapp.endpoint_address import EndpointAddress
from chatapp.errors import ContextTooLong, ProviderError, SystemRoleRefused
from chatapp.providers.base import ErrorKind
from chatapp.providers.quoting import Quoting, shortened
from chatapp.providers.refusal import Reason, Refusal
from chatapp.providers.too_long import read_excess

SHOWN_CHARACTERS = 300
"""Of an error in all: what the page shows without becoming a page of its own."""

NAMED_CHARACTERS = 80
"""Of a model's id or an address within it."""

QUOTE_MIN_CHARACTERS = 20
"""Fewer say nothing."""

ASK = "Ask whoever runs this chat to check"


class Explainer:
    """Words the errors of one endpoint, which it calls by the name that people know."""

    def __init__(self, endpoint_name: str, api_key: str, address: EndpointAddress | None = None) -> None:
        self._name = f"The endpoint '{endpoint_name}'"
        self._api_key = api_key
        self._quoting = Quoting([api_key, *(_secrets_of(address) if address else ())])
        self._address = self._quoting.hide(address.shown) if address else ""
        self._wording: dict[Reason, Callable[[Refusal, str], tuple[ErrorKind, str]]] = {
            "moved": self._moved,
            "no_credit": lambda *_: ("rejected", f"{self._name} has no credit left. Ask whoever runs this chat."),
            "rate_limited": self._rate_limited,
            "bad_key": self._bad_key,
            "missing_model": self._missing_model,
            "context_too_long": lambda *_: ("context_too_long", ContextTooLong.user_message),
            "wrong_address": self._wrong_address,
            "timed_out": lambda *_: ("timeout", f"{self._name} took too long. Please try again."),
            "system_role_refused": self._rejected,
            "rejected": self._rejected,
            "unavailable": self._unavailable,
        }

    def refusal(self, refusal: Refusal, model: str) -> ProviderError:
        """Why the server refused, with what it says itself; `model` is "" where a list of models was asked for."""
        kind, words = self._wording[refusal.reason](refusal, model)
        room = SHOWN_CHARACTERS - len(words) - len(" It says: ")
        said = self._quoting.quote(refusal.message, room) if room >= QUOTE_MIN_CHARACTERS else ""
        words = f"{words} It says: {said}" if said else words
        if refusal.reason == "context_too_long":
            excess = read_excess(refusal.body)
            return ContextTooLong(words, window_tokens=excess.window_tokens, prompt_tokens=excess.prompt_tokens)
        return SystemRoleRefused(words) if refusal.reason == "system_role_refused" else _error(kind, words)

    def unreachable(self) -> ProviderError:
        """No connection could be made."""
        return _error("unavailable", f"{self._name} cannot be reached. Please try again in a moment.")

    def cannot_connect(self, seconds: float) -> ProviderError:
        """Nobody took the connection in time."""
        return _error("unavailable", f"{self._name} could not be connected to within {seconds:g} s. Please try again.")

    def timeout(self, seconds: float) -> ProviderError:
        """Nothing came in time."""
        return _error("timeout", f"{self._name} has sent nothing for {seconds:g} s. Please try again.")

    def total_timeout(self, seconds: float) -> ProviderError:
        """The answer went on, but for too long."""
        return _error("timeout", f"The answer was cut off: it took longer than {seconds:g} s.")

    def broken_off(self) -> ProviderError:
        """The stream ended before the model was done."""
        return _error("incomplete", f"{self._name} broke off in the middle of the answer. Please try again.")

    def gave_up(self, reason: str) -> ProviderError:
        """The server ended the answer with a reason that says that it could not go on."""
        return _error("incomplete", f"{self._name} gave up in the middle of the answer ({reason}). Please try again.")

    def malformed(self) -> ProviderError:
        """What came does not follow the protocol."""
        return _error("malformed", f"{self._name} sent something that cannot be read. Please try again.")

    def event_too_large(self) -> ProviderError:
        """A single event is larger than what may be held in memory."""
        return _error("too_large", f"{self._name} sent a piece of the answer that is too large to be taken.")

    def answer_too_large(self, max_characters: int) -> ProviderError:
        """The answer did not end within its limit."""
        return _error("too_large", f"The answer was cut off: it is longer than {max_characters:,} characters.")

    def _moved(self, refusal: Refusal, _model: str) -> tuple[ErrorKind, str]:
        if not refusal.moved_to:
            return "rejected", f"{self._name} sends requests on without saying where. {ASK} its address."
        to = shortened(self._quoting.hide(refusal.moved_to), NAMED_CHARACTERS)
        return "rejected", f"{self._name} has moved to {to}. Ask whoever runs this chat to set that address."

    def _rate_limited(self, refusal: Refusal, _model: str) -> tuple[ErrorKind, str]:
        return "rate_limited", f"The model is busy; try again {_when(refusal.retry_after_seconds)}."

    def _bad_key(self, _refusal: Refusal, _model: str) -> tuple[ErrorKind, str]:
        return "unauthorized", f"{self._name} {'refuses the key' if self._api_key else 'asks for a key'}. {ASK} it."

    def _missing_model(self, refusal: Refusal, model: str) -> tuple[ErrorKind, str]:
        if not model:
            return self._wrong_address(refusal, model)
        named = shortened(model, NAMED_CHARACTERS)
        return "rejected", f"{self._name} does not offer the model '{named}'. Pick another model."

    def _rejected(self, _refusal: Refusal, _model: str) -> tuple[ErrorKind, str]:
        return "rejected", f"{self._name} refuses this request."

    def _wrong_address(self, refusal: Refusal, model: str) -> tuple[ErrorKind, str]:
        at = f" at {shortened(self._address, NAMED_CHARACTERS)}" if self._address else ""
        if not model and refusal.status:
            return "rejected", f"{self._name} has no list of models{at}. {ASK} the address, or to name its models."
        kind: ErrorKind = "rejected" if refusal.status else "malformed"
        return kind, f"{self._name} does not answer as a model server{at}. {ASK} the address."

    def _unavailable(self, refusal: Refusal, _model: str) -> tuple[ErrorKind, str]:
        when = _when(refusal.retry_after_seconds)
        return "unavailable", f"{self._name} has a problem of its own. Please try again {when}."


def _error(kind: ErrorKind, words: str) -> ProviderError:
    return ProviderError(words, code=kind)


def _secrets_of(address: EndpointAddress) -> list[str]:
    """What of an address is nobody's business: user, password, and what the query carries but the version."""
    parts = urlsplit(address.base_url)
    values = [value for name, value in address.query.items() if name != "api-version"]
    return [*values, *(unquote(part) for part in (parts.username, parts.password) if part)]


def _when(seconds: float | None) -> str:
    """When to try again, in the unit that one would say it in."""
    if seconds is None:
        return "in a moment"
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"in {round(seconds / size)} {unit}"
    return f"in {max(1, math.ceil(seconds))} s"
