"""What is used of Reflex beyond its public interface does what its names say; an upgrade that breaks it fails here."""

from typing import cast

import pytest
import reflex as rx
from reflex.istate.data import HeaderData
from reflex.istate.manager.token import BaseStateToken
from reflex.state import FrontendEventExceptionState, StateUpdate
from reflex_base.registry import RegistrationContext

from chatapp import chatapp
from chatapp.ui.state.live import LiveState
from chatapp.web import reflex_compat
from chatapp.web.guard import Guard
from chatapp.web.page_failures import handle_frontend_exception, receive_reports
from chatapp.web.reflex_handlers import PAGE_FAILED
from tests.ui.test_live_page import new_tab


def test_the_first_middleware_is_the_one_that_was_put_first() -> None:
    assert isinstance(reflex_compat.first_middleware(chatapp.app), Guard)
    empty = rx.App.__new__(rx.App)
    empty._middlewares = []
    assert reflex_compat.first_middleware(empty) is None


async def test_what_changed_is_taken_once() -> None:
    tab = new_tab()
    await reflex_compat.take_delta(tab)
    live = await tab.get_state(LiveState)
    live.s0 = "new"
    assert await reflex_compat.take_delta(live) == {LiveState.get_full_name(): {"s0_rx_state_": "new"}}
    assert await reflex_compat.take_delta(live) == {}


async def test_a_state_is_forgotten_with_all_that_was_in_it() -> None:
    key = BaseStateToken(ident="token of a stranger", cls=rx.State)
    async with chatapp.app.state_manager.modify_state(key) as state:
        (await cast(rx.State, state).get_state(LiveState)).s0 = "secret"
    assert await reflex_compat.forget_state("token of a stranger")
    assert not await reflex_compat.forget_state("token of a stranger")
    async with chatapp.app.state_manager.modify_state(key) as state:
        assert (await cast(rx.State, state).get_state(LiveState)).s0 == ""
    await reflex_compat.forget_state("token of a stranger")


async def test_what_is_sent_to_all_pages_changes_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, StateUpdate]] = []

    async def emit(event: str, update: StateUpdate) -> None:
        sent.append((event, update))

    monkeypatch.setattr(chatapp.app.event_namespace, "emit", emit)
    await reflex_compat.send_to_all_pages(chatapp.app, LiveState, has_text=True)
    assert sent == [("event", StateUpdate(delta={LiveState.get_full_name(): {"has_text_rx_state_": True}}))]
    assert "has_text" in LiveState.get_fields()


def test_a_handler_of_reflex_is_replaced_by_ours() -> None:
    receive_reports()
    registered = RegistrationContext.get().event_handlers[PAGE_FAILED]
    assert registered.handler.fn is handle_frontend_exception
    assert registered.handler.state is FrontendEventExceptionState


def test_the_cookies_are_those_of_the_handshake() -> None:
    tab = new_tab()
    assert reflex_compat.handshake_cookies(tab) == ""
    tab.rx_router_headers = HeaderData.from_router_data({"headers": {"cookie": "a=b; c=d"}})
    assert reflex_compat.handshake_cookies(tab) == "a=b; c=d" == tab.router.headers.cookie
