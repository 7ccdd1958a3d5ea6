"""What chatapp uses of Reflex beyond its public interface, each behind a name. When Reflex moves, look here first.

Each entry says what it uses, why, and where to look; `tests/web/test_reflex_compat.py` has a test of each. What is
changed in the pages that Reflex writes stands in `frontend_patches.py`, what is used of socket.io in
`socketio_compat.py`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.istate.delta import clean_state, resolve_delta
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState, StateUpdate
from reflex_base.constants import SocketEvent
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import EventHandler
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler


def first_middleware(app: rx.App) -> rx.Middleware | None:
    """The middleware that every event passes first. An app in which that is not the guard must not start.

    Uses `App._middlewares`; see `reflex/app_mixins/middleware.py`.
    """
    return app._middlewares[0] if app._middlewares else None


async def take_delta(state: BaseState) -> dict[str, dict[str, Any]]:
    """What has changed in a tab and was not sent; it counts as sent from here on.

    A middleware that answers an event itself has to bring it along. Uses `reflex/istate/delta.py`; see what
    `StateProxy.__aexit__` and the event processor do.
    """
    root = await state.get_state(rx.State)
    delta = await resolve_delta(root)
    clean_state(root)
    return delta


async def forget_state(client_token: str) -> bool:
    """Drop the state under a client token, once nobody works with it; returns whether there was one.

    Reflex lets the states of those who have gone expire after minutes, and a stranger could fill the memory with them.
    Uses `StateManagerMemory.states` and `_purge_token`; see `reflex/istate/manager/memory.py`.
    """
    manager = RegistrationContext.get().app.state_manager
    assert isinstance(manager, StateManagerMemory)
    key = BaseStateToken(ident=client_token, cls=rx.State)
    if key.cache_key not in manager.states:
        return False
    async with manager.modify_state(key):
        pass
    manager._purge_token(key)
    return True


async def send_to_all_pages(app: rx.App, state: type[BaseState], **values: object) -> None:
    """Show these values of variables on every page that is connected, without a change in any tab's state.

    Uses how updates name variables, and that `App.event_namespace` emits them; see `EventNamespace.emit_update` in
    `reflex/app.py`.
    """
    assert app.event_namespace is not None
    delta = {state.get_full_name(): {f"{name}{FIELD_MARKER}": value for name, value in values.items()}}
    await app.event_namespace.emit(str(SocketEvent.EVENT), StateUpdate(delta=delta))
    await asyncio.sleep(0)  # the sockets take it before whatever comes next


def replace_handler(state: type[BaseState], function: Callable[..., Any]) -> None:
    """Have `function` called in place of Reflex's handler of that name in `state`: pages know only that one.

    Uses the registry of handlers; see `reflex_base/registry.py`.
    """
    handler = EventHandler(fn=function, state=state)
    replaced = RegistrationContext.get().event_handlers[format_event_handler(handler)]
    RegistrationContext.register_event_handler(handler, replaced.states)


def handshake_cookies(state: BaseState) -> str:
    """The cookies of the websocket's handshake, which Reflex keeps on the server.

    `state.router.headers` is the same, and puts all of `router` together for it: 4 % of what a question costs. Uses
    `State.rx_router_headers`; see `reflex/state.py` and `reflex/istate/data.py`.
    """
    return str(state.rx_router_headers.raw_headers.get("cookie", ""))
