"""Tells the events that are errors from those that bring an answer. What an error says is explained elsewhere."""

import re
from collections.abc import Mapping
from typing import Any

from chatapp.providers.quoting import visible

_NONE_CODES = (None, 0, "0", "", 200, "200", "ok", "OK", "success")
_NONE_WORDS = re.compile(r"(?:ok|success|succeeded|none|null|no error)?[.!]?", re.IGNORECASE)
_PINGS = re.compile(r"[a-z_-]*", re.ASCII)

FAILED = frozenset(
    {"error", "abort", "aborted", "insufficient_system_resource", "repetition", "network_error", "server_error"}
)
"""Reasons to finish with which vLLM, SGLang, OpenRouter, DeepSeek and Z.ai say that the answer is none."""

NO_REASON = frozenset({"", "null", "none"})
SAME_REASONS = {
    **dict.fromkeys(("eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed"), "stop"),
    **dict.fromkeys(("max_tokens", "max_length", "model_length", "max_output_tokens"), "length"),
}
"""What other protocols call what ours calls stop and length; some translations leave it as it is."""

HTTP_ERROR = 400
REASON_MAX_CHARACTERS = 60


def finish_reason_of(choice: Mapping[str, Any]) -> str:
    """Why the answer ends, in the protocol's own words where it has some; "" when it goes on."""
    value = choice.get("finish_reason")
    if not value:
        return ""
    reason = visible(str(value))[:REASON_MAX_CHARACTERS]
    known = reason.lower()
    if known in NO_REASON:
        return ""
    return SAME_REASONS.get(known, known if known in FAILED | {"stop", "length", "content_filter"} else reason)


def error_of(event: Mapping[str, Any], name: bytes, *, has_finished: bool) -> object:
    """What to have explained, if this event is an error; None if it is not."""
    if name == b"error" or _is_error(event.get("error"), has_answer=has_finished or bool(event.get("choices"))):
        return event
    if _is_base_error(event.get("base_resp")):
        return event
    return event if not event.get("choices") and _looks_like_error(event) else None


def error_of_choice(choice: Mapping[str, Any]) -> object:
    """The same for an error inside the choice, as OpenRouter sends one after the first text."""
    return choice if _is_error(choice.get("error"), has_answer=True) else None


def speaks(event: Mapping[str, Any]) -> bool:
    """Whether an event without an answer has words for people."""
    return bool(event.get("message") or event.get("msg"))


def is_ping(words: str) -> bool:
    """Whether these words, that are no JSON, only keep the connection alive."""
    return _PINGS.fullmatch(words) is not None


def _is_error(error: object, *, has_answer: bool) -> bool:
    """An error of code 0 beside an answer is none, and neither is one that says nothing."""
    if not isinstance(error, Mapping):
        return bool(error)
    is_none = error.get("code") in _NONE_CODES
    says_nothing = _NONE_WORDS.fullmatch(str(error.get("message") or "")) is not None
    if is_none and says_nothing:
        return not _NONE_WORDS.fullmatch(str(error.get("type") or error.get("status") or "")) and bool(error)
    return not (is_none and has_answer and "code" in error and error["code"] is not None)


def _is_base_error(base: object) -> bool:
    """MiniMax: a status of its own beside every answer, 0 where all is well."""
    return isinstance(base, Mapping) and base.get("status_code") not in _NONE_CODES


def _looks_like_error(event: Mapping[str, Any]) -> bool:
    """Without a choice: FastAPI's `detail`, vLLM's `object: error`, `errors`, or words with a code."""
    if "error" in (event.get("object"), event.get("type")) or event.get("detail") or event.get("errors"):
        return True
    if not speaks(event):
        return False
    status = event.get("status")
    if isinstance(status, int) and status >= HTTP_ERROR:
        return True
    return status in ("error", "failed") or any(event.get(n) not in _NONE_CODES for n in ("code", "status_code"))
