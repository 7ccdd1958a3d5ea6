"""Finds what a server says in whatever it sends instead of an answer: JSON of many shapes, plain text, a web page.

Pure, and only as deep and as much as an honest server needs: every text from a server is hostile.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

DEPTH_MAX = 8
ITEMS_MAX = 8
"""Of a list; FastAPI has one item for each wrong field, Google one for each kind of detail."""

CHARACTERS_MAX = 4_000
"""Of a message; what is wrong, and by which numbers, is said early."""

MESSAGE_KEYS = ("message", "detail", "msg", "error_message", "error_msg", "errormessage", "status_msg")
MESSAGE_KEYS_OF_OLD = ("error_description", "exception", "title")
"""What stands in these is a name of the error where another key holds the sentence."""

CODE_KEYS = ("code", "type", "status", "reason", "error_code", "error_type", "errorcode", "__type")
STATUS_KEYS = ("code", "status", "status_code", "statuscode", "http_status_code", "http_code", "error_code")

NOTHING_SAID = frozenset({"provider returned error", "error", "unknown error", "request failed"})
"""Sentences of routers that pass on the model server's own words beside them."""

PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
TITLE = re.compile(r"<title[^>]*>([^<]{0,500})", re.IGNORECASE)


def read_json(body: object) -> object:
    """The value in a text of JSON, also of several lines or with raw control characters; any other body as it is."""
    if not isinstance(body, str) or not body.lstrip().startswith(("{", "[")):
        return body
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(body.lstrip())
    except (ValueError, RecursionError):
        return body
    return value


def text_of(body: object) -> str:
    """All of the body as text, JSON written out again; "" where it is nested too deeply."""
    try:
        return body if isinstance(body, str) else json.dumps(body, default=str, ensure_ascii=False)
    except RecursionError:
        return ""


def is_page(body: object) -> bool:
    """Whether this is a web page, which no model server sends."""
    return isinstance(body, str) and PAGE.match(body[:CHARACTERS_MAX]) is not None


def message_of(body: object, depth: int = 0) -> str:
    """The sentence that says what is wrong, of a web page its title; "" when there is none."""
    body = read_json(body)
    if depth > DEPTH_MAX or not body:
        return ""
    if isinstance(body, str):
        return _words_of(body[:CHARACTERS_MAX])
    if isinstance(body, list):
        said = (message_of(item, depth + 1) for item in body[:ITEMS_MAX])
        return "; ".join(dict.fromkeys(sentence for sentence in said if sentence))[:CHARACTERS_MAX]
    if not isinstance(body, Mapping):
        return ""
    return _with_place(body, _message_of_object(_lower(body), depth))


def objects_in(body: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object in the body, those within before those around them, with keys in lower case."""
    body = read_json(body)
    if depth > DEPTH_MAX:
        return
    if isinstance(body, list):
        for item in body[:ITEMS_MAX]:
            yield from objects_in(item, depth + 1)
    elif isinstance(body, Mapping):
        lowered = _lower(body)
        for value in lowered.values():
            yield from objects_in(value, depth + 1)
        yield lowered


def codes_in(body: object) -> frozenset[str]:
    """The names that the server has for the error, of lower-case letters and digits: `ratelimitexceeded`, `1008`."""
    values = (inner.get(key) for inner in objects_in(body) for key in CODE_KEYS)
    return frozenset(squeezed(str(value))[:100] for value in values if isinstance(value, str | int))


def status_in(body: object) -> int:
    """The HTTP status that the body names, 0 when there is none."""
    values = (inner.get(key) for inner in objects_in(body) for key in STATUS_KEYS)
    return next((int(str(value)) for value in values if re.fullmatch(r"[3-5]\d\d", str(value))), 0)


def squeezed(code: str) -> str:
    """A code without what its spellings differ by: `InvalidApiKey` and `invalid_api_key` are one."""
    return re.sub(r"[\W_]+", "", code).lower()


def _message_of_object(made: dict[str, Any], depth: int) -> str:
    error = made.get("error")
    if not isinstance(error, str | bool | None) and (said := message_of(error, depth + 1)):
        return said
    metadata = made.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    rest = (raw, error, made.get("errors"), made.get("base_resp"), *map(made.get, MESSAGE_KEYS_OF_OLD))
    sentences = [words for value in (*map(made.get, MESSAGE_KEYS), *rest) if (words := message_of(value, depth + 1))]
    telling = (words for words in sentences if words.lower().strip(" .") not in NOTHING_SAID)
    return next(telling, sentences[0] if sentences else "")


def _with_place(body: Mapping[Any, Any], message: str) -> str:
    """The message behind the name of the field that it is about, as FastAPI lists them."""
    place = body.get("loc")
    if not message or not isinstance(place, list | tuple):
        return message
    return f"{'.'.join(str(part)[:50] for part in place[:ITEMS_MAX] if part != 'body')}: {message}"


def _words_of(text: str) -> str:
    """One line, or the title of a page; "" for XML and pages without one."""
    if text.lstrip().startswith("<"):
        title = TITLE.search(text)
        text = html.unescape(title[1]) if title else ""
    return " ".join(text.split())


def _lower(body: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in body.items()}
