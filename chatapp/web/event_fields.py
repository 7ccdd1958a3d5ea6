"""What an event of the page may hold: a handler that it may name, with its arguments, and an address of ours."""

from typing import Any

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from chatapp.web.handlers import find_declaration

EVENT_FIELDS = frozenset({"name", "payload", "event_actions", "handler", "router_data"})
EVENT_ACTIONS = frozenset({"preventDefault", "stopPropagation", "throttle", "debounce", "temporal"})
PLACE_FIELDS = ("pathname", "asPath", "query")
ADDRESS_MAX_CHARACTERS = 2_000
"""Of each part of an address: Reflex keeps it with the state of the tab. Ours have at most some hundreds."""


def is_event(fields: Any, registration: RegistrationContext) -> bool:
    """Whether `fields` are an event of the page for a handler that it may name; the guard looks at the arguments."""
    if not isinstance(fields, dict) or not fields.keys() <= EVENT_FIELDS:
        return False
    if not _are_actions(fields.get("event_actions", {})) or not isinstance(fields.get("handler"), str | None):
        return False
    is_call = _is_call(fields.get("name"), fields.get("payload", {}), registration)
    return is_call and _is_place(fields.get("router_data", {}))


def shorten_place(fields: Any) -> None:
    """Take out of an event's address what no page sends and Reflex would keep."""
    place = fields.get("router_data", {})
    kept = {name: place[name] for name in PLACE_FIELDS if name in place}
    kept |= {name: path[:ADDRESS_MAX_CHARACTERS] for name, path in kept.items() if name != "query"}
    if sum(len(name) + len(value) for name, value in kept.get("query", {}).items()) > ADDRESS_MAX_CHARACTERS:
        kept["query"] = {}
    fields["router_data"] = kept


def _is_call(name: Any, payload: Any, registration: RegistrationContext) -> bool:
    if not isinstance(name, str) or not isinstance(payload, dict):
        return False
    declaration = find_declaration(name, registration)
    if not declaration.is_sent or not declaration.arguments.have_names_of(payload):
        return False
    values = (value for value in payload.values() if isinstance(value, dict))
    return all(_is_form(value.get(FORM_DATA_ENTRIES_KEY, [])) for value in values)


def _are_actions(actions: Any) -> bool:
    return (
        isinstance(actions, dict)
        and actions.keys() <= EVENT_ACTIONS
        and all(isinstance(value, bool | int) for value in actions.values())
    )


def _is_form(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) for entry in entries
    )


def _is_place(router_data: Any) -> bool:
    """Whether this can be an address of the page: Reflex puts the paths behind our origin and parses that."""
    if not isinstance(router_data, dict):
        return False
    paths = (router_data.get("pathname", "/"), router_data.get("asPath", "/"))
    words = router_data.get("query", {})
    return all(_is_path(path) for path in paths) and isinstance(words, dict) and all(map(_is_text, words.values()))


def _is_path(value: Any) -> bool:
    return _is_text(value) and value.startswith("/")


def _is_text(value: Any) -> bool:
    """Whether it can be stored and sent on: JSON can hold half a surrogate pair, UTF-8 cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
