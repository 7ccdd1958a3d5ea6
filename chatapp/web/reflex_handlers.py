"""Reflex's own event handlers, declared like ours: what a page needs of them, and what nobody may call."""

from typing import Annotated, Unpack

import reflex as rx
from annotated_types import MaxLen
from reflex.state import BaseState, FrontendEventExceptionState, OnLoadInternalState, UpdateVarsInternalState
from reflex_base.utils.format import format_event_handler

from chatapp.web.arguments import Arguments
from chatapp.web.handlers import EVERYBODY, NOBODY, Marks, declare
from chatapp.web.page_failures import handle_frontend_exception, receive_reports

Hashes = Annotated[list[Annotated[str, MaxLen(64)]], MaxLen(200)]
"""Of what a page was built with, one for each state."""


def full_name(state: type[BaseState], name: str) -> str:
    """How events and frames name a handler."""
    return format_event_handler(state.event_handlers[name])


def _declare(state: type[BaseState], name: str, **marks: Unpack[Marks]) -> None:
    declare(state.event_handlers[name].fn, **marks)


# As it connects, a page could also send values for what Reflex keeps in cookies. We keep nothing there.
_connecting = Arguments({"hashes": Hashes}, optional={"hashes"})

_declare(rx.State, "hydrate_and_load", audience=EVERYBODY, automatic=True, arguments=_connecting)
_declare(rx.State, "hydrate", audience=EVERYBODY, automatic=True)
_declare(OnLoadInternalState, "on_load_internal", audience=EVERYBODY, automatic=True)
_declare(OnLoadInternalState, "set_is_hydrated", audience=EVERYBODY, automatic=True, chained=True)
_declare(rx.State, "set_is_hydrated", audience=NOBODY)
_declare(rx.State, "setvar", audience=NOBODY)  # one of each state: it sets any of its variables
_declare(UpdateVarsInternalState, "update_vars_internal", audience=NOBODY)

receive_reports()
declare(handle_frontend_exception, automatic=True, waits=False)  # in place of Reflex's

CONNECT = full_name(rx.State, "hydrate_and_load")
"""What a page sends when it connects, for the first time or again. Its load events follow by themselves."""

PAGE_FAILED = full_name(FrontendEventExceptionState, "handle_frontend_exception")
"""What a page sends when it breaks."""
