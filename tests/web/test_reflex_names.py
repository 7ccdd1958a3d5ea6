"""What is worked out without Reflex is what Reflex says, of every state and handler that a page has."""

import reflex as rx
from reflex_base.registry import RegistrationContext

from chatapp.ui.pages import chat, login, settings, signup  # noqa: F401 - a page registers the states it uses
from chatapp.web import reflex_handlers
from chatapp.web.reflex_names import HYDRATE, ON_LOAD, ROOT, handler_name, root_handler_name


def test_every_handler_has_the_name_that_reflex_gives_it() -> None:
    for full_name, registered in RegistrationContext.get().event_handlers.items():
        state, name = registered.handler.state, full_name.rpartition(".")[2]
        if state in {rx.State, None}:
            assert full_name == root_handler_name(name)
        elif state.get_parent_state() is rx.State:
            assert full_name == handler_name(f"{state.__module__}.{state.__name__}", name)


def test_a_page_connects_and_moves_by_the_names_that_the_server_knows() -> None:
    assert rx.State.get_full_name() == ROOT
    assert HYDRATE == reflex_handlers.CONNECT
    assert ON_LOAD in RegistrationContext.get().event_handlers
