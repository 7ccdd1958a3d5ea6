"""What somebody with a websocket and no scruples may send: events with hostile arguments, and frames that are none."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from chatapp.web.reflex_names import ON_LOAD, handler_name, root_handler_name
from tests.e2e.socket_client import DISMISS, SEND, Place, at, handler

FRAME_MAX_BYTES = 1_500_000
SENTINEL = "sentinel words of ada"


@dataclass(frozen=True)
class Victim:
    """Somebody with a conversation, and what nobody else may ever see."""

    cookie: str
    token: str
    conversation_id: str
    message_id: str


HANDLERS: dict[str, tuple[str, ...]] = {
    handler("composer.ComposerState", "stop"): (),
    handler("conversation_actions.ConversationActions", "delete"): ("conversation_id",),
    handler("conversation_actions.ConversationActions", "load_more"): (),
    handler("conversation_actions.ConversationActions", "undo"): (),
    handler("messages.MessagesState", "continue_answer"): ("message_id",),
    handler("messages.MessagesState", "load_all"): (),
    handler("messages.MessagesState", "load_older"): (),
    handler("messages.MessagesState", "regenerate"): ("message_id",),
    handler("messages.MessagesState", "select_version"): ("message_id",),
    handler("models.ModelsState", "select"): ("key",),
    handler("page.PageState", "open"): (),
    handler("page.PageState", "remember_time_zone"): ("zone",),
    handler("page.PageState", "watch"): ("new_conversation_id",),
    handler("selection.SelectionActions", "archive"): ("conversation_ids",),
    handler("selection.SelectionActions", "bring_back"): ("conversation_ids",),
    handler("selection.SelectionActions", "delete"): ("conversation_ids",),
    handler("shelves.ShelfActions", "archive"): ("conversation_id",),
    handler("shelves.ShelfActions", "delete_for_good"): ("conversation_id",),
    handler("shelves.ShelfActions", "mark_seen"): ("conversation_id",),
    handler("shelves.ShelfActions", "open_shelf"): ("shelf",),
    handler("shelves.ShelfActions", "restore"): ("conversation_id",),
    handler("shelves.ShelfActions", "unarchive"): ("conversation_id",),
    handler("reasoning.ReasoningState", "toggle"): ("message_id",),
    root_handler_name("hydrate"): (),
    ON_LOAD: (),
}
"""Handlers with their arguments, of which no wrong one may have any effect."""


def nested(depth: int) -> object:
    made: object = 1
    for level in range(depth):
        made = {"a": made} if level % 2 else [made]
    return made


def hostile_values(victim: Victim, rng: random.Random) -> list[object]:
    """Values of every wrong kind, and the victim's ids."""
    ids = [victim.conversation_id, victim.message_id, "../..", "' or 1=1 --", "\0", "\ud800", "nowhere", "x" * 101]
    numbers = [0, -1, 10**30, 1e308, True, None, float("nan")]
    return [*ids, *numbers, [], {}, nested(500), ["x"], {"__reflex_form_data__": [["x", 5]]}, rng.random()]


def hostile_place(victim: Victim, rng: random.Random) -> Place:
    """An address, somebody else's or none, with forged headers."""
    paths = ["/", f"/c/{victim.conversation_id}", "/c/", "/settings", "/c/%00", "/x//y?z#", "/" + "c" * 4_000]
    forged = {"headers": {"cookie": victim.cookie}, "ip": "127.0.0.1", "sid": "x", "token": victim.token, "more": {}}
    return at(rng.choice(paths), **forged)


def hostile_form(rng: random.Random, values: list[object], victim: Victim) -> object:
    """What no question can be made of: too long, of the wrong type, or for a box that names nothing."""
    texts: list[object] = [None, 5, [], {}, "", " ", "\0", "x" * 900_000 if rng.random() < 0.02 else "\n"]
    filled = {
        "text": rng.choice(texts),
        "client_message_id": rng.choice(values),
        "conversation_id": victim.conversation_id,
    }
    return rng.choice([filled, filled, rng.choice(values)])


INTERNAL: dict[str, object] = {
    handler_name("reflex.state.OnLoadInternalState", "set_is_hydrated"): {"value": SENTINEL},
    handler_name("reflex.state.UpdateVarsInternalState", "update_vars_internal"): {"vars": {"a": 1}},
    handler("live.LiveState", "setvar"): {"var_name": "message_id", "value": SENTINEL},
    root_handler_name("_redirect"): {"path": "/"},
}
"""Handlers and events of Reflex that the page never sends."""


def unusable_frames(victim: Victim) -> Iterator[str | bytes]:
    """Frames that no page sends, most of them nearly right."""
    events: list[object] = [
        *(None, 5, "x", [], {}, {"name": SEND}, {"name": 5}, {"name": [SEND]}, {"name": "nope.nope"}),
        {"name": SEND, "payload": [1]},
        {"name": SEND, "payload": "x"},
        {"name": SEND, "payload": {}},
        {"name": SEND, "payload": {"form": {}, "self": 1}},
        {"name": SEND, "payload": {"form": {}, SENTINEL: 1}},
        {"name": SEND, "payload": {"form": {"__reflex_form_data__": [["text"]]}}},
        *({"name": name, "payload": payload} for name, payload in INTERNAL.items()),
        {"name": DISMISS, "payload": {}, "router_data": SENTINEL},
        {"name": DISMISS, "payload": {}, "router_data": {"pathname": 5}},
        {"name": DISMISS, "payload": {}, "router_data": {"asPath": f"@[{SENTINEL}"}},
        {"name": DISMISS, "payload": {}, "router_data": {"query": [SENTINEL]}},
        {"name": DISMISS, "payload": {}, "router_data": {"query": {"section": "\ud800"}}},
        {"name": f"{SEND}.__init__", "payload": {}},
    ]
    for event in events:
        yield f"42/_event,{json.dumps(['event', event])}"
    scope = {"headers": [["cookie", victim.cookie]]}
    forged = {"QUERY_STRING": f"token={victim.token}", "asgi.scope": scope}
    yield f"42/_event,{json.dumps(['connect', forged, None])}"
    yield from ('42/_event,["disconnect"]', '42/_event,["event"]', '42/_event,["event",{},{}]', '42/_event,["ping"]')
    yield from ("", "x", "4", "49", "42", "42/_event,", "42/_event,[]", "42/_event,{}", "42/_event,{{", "6", "5", "1")
    yield from ("40/other,{}", '42/other,["event",{}]', '43/_event,7["x"]', '42/_event,7["event",{}]', "44/_event,{}")
    yield from (b"", b"4", b"x" * 1_000, '451-/_event,["event",{"_placeholder":true,"num":0}]')
    yield f"42/_event,{'[' * 100_000}{']' * 100_000}"
    yield "x" * (FRAME_MAX_BYTES + 1)


def damaged(rng: random.Random) -> str:
    """A good frame of which a piece is missing."""
    frame = f"42/_event,{json.dumps(['event', {'name': SEND, 'payload': {'form': {}}}], separators=(',', ':'))}"
    start = rng.randrange(len(frame))
    return frame[:start] + frame[start + rng.randint(1, 3) :]
