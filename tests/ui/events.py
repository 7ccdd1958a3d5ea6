"""Events for the tests of state classes: the real Reflex processor with the real guard, and no browser."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from reflex.app_mixins.middleware import MiddlewareMixin
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event, EventSpec
from reflex_base.event.processor import BaseStateEventProcessor, EventFuture
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler, json_dumps

from chatapp.ui.state.opening import FillOnConnect
from chatapp.web.guard import Guard
from chatapp.web.page_errors import tell_failure

Delta = Mapping[str, Mapping[str, Any]]


def name_of(state: type[rx.State], handler: str) -> str:
    """The full name of a handler."""
    return format_event_handler(state.event_handlers[handler])


@dataclass
class Tab:
    """What one browser tab sent and got: `deltas` from the state, `frontend` events such as redirects.

    `order` has both as they came: deltas as they were written on the wire, events by their name. `socket` is the id of
    the websocket, which another load of the page changes.
    """

    processor: BaseStateEventProcessor
    deltas: list[Delta]
    frontend: list[Event]
    errors: list[Exception]
    order: list[str] = field(default_factory=list)
    socket: str = "first"

    async def send(
        self, name: str, payload: Mapping[str, Any] | None = None, *, cookie: str = "", url: str = "/", route: str = ""
    ) -> None:
        """Send an event by the full name of its handler, from a page of this address and route, and wait for all it
        causes."""
        await (await self.start(name, payload, cookie=cookie, url=url, route=route)).wait_all()

    async def start(
        self, name: str, payload: Mapping[str, Any] | None = None, *, cookie: str = "", url: str = "/", route: str = ""
    ) -> EventFuture:
        """Send an event, and leave it to the caller what to wait for."""
        router_data = {
            "headers": {"cookie": cookie, "origin": "http://localhost:3000"}
            if cookie
            else {"origin": "http://localhost:3000"},
            "pathname": route or url.partition("?")[0],
            "asPath": url,
            "sid": self.socket,
        }
        event = Event(name=name, payload=dict(payload or {}), router_data=router_data)
        return await self.processor.enqueue("token", event)

    def redirects(self) -> list[str]:
        """Where the tab was sent so far."""
        return [event.payload["path"] for event in self.frontend if event.name == "_redirect"]

    def shown(self, state: type[rx.State], name: str) -> Any:
        """What the page shows of a variable: the value that was sent last. Raises IndexError when none was."""
        of_state = [delta[state.get_full_name()] for delta in self.deltas if state.get_full_name() in delta]
        return [values[f"{name}_rx_state_"] for values in of_state if f"{name}_rx_state_" in values][-1]

    def words(self) -> str:
        """All that reached the tab, as it was written on the wire."""
        return json_dumps([self.deltas, self.frontend])


@asynccontextmanager
async def tab() -> AsyncIterator[Tab]:
    """A tab whose events pass what the app has them pass."""
    errors: list[Exception] = []

    def note(exception: Exception) -> EventSpec | None:
        errors.append(exception)
        return tell_failure(exception)

    processor = BaseStateEventProcessor(
        middleware=MiddlewareMixin(_middlewares=[Guard(), FillOnConnect()]), backend_exception_handler=note
    )
    made = Tab(processor, [], [], errors)
    processor.configure(state_manager=StateManagerMemory(), event_namespace=_Socket(made))  # type: ignore[arg-type,abstract]
    # Opening a page asks the registered app for its load events; each context takes one app.
    with RegistrationContext.get().fork():
        rx.App()
        async with processor:
            yield made


@dataclass
class _Socket:
    """The end of the websocket: keeps what would be sent."""

    tab: Tab

    async def emit_update(self, update: Any, token: str) -> None:
        assert token == "token"
        if update.delta:
            self.tab.deltas.append(update.delta)
            self.tab.order.append(json_dumps(update.delta))
        self.tab.frontend.extend(update.events)
        self.tab.order.extend(event.name for event in update.events)
