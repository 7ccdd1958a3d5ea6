"""The guard: no event of the page runs before it is known who sent it, and that its handler takes that from them.

Reflex calls it before every event, hydration, chained and background events included. It finds the person by the
cookie of the websocket's handshake, which `accounts.sessions` looks up in the database and remembers for a second. The
only other way in would be `/_upload`, which web.origins refuses.
"""

import asyncio
from contextvars import ContextVar
from urllib.parse import parse_qsl, urlencode

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from chatapp.accounts import cookies, sessions, signup
from chatapp.accounts.principal import Principal
from chatapp.accounts.return_path import safe_path
from chatapp.errors import ChatappError, DatabaseUnavailable, Forbidden, Invalid, NotSignedIn, SettingsError
from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.settings import current as current_settings
from chatapp.web.event_frames import CheckFrames
from chatapp.web.handlers import Declaration, assert_declared, find_declaration
from chatapp.web.origins import CheckOrigins
from chatapp.web.page_errors import RETRY_SECONDS, show_error, take_back
from chatapp.web.reflex_compat import first_middleware, handshake_cookies, take_delta
from chatapp.web.token_binding import BindTokens
from chatapp.web.visitors import KnowVisitors

log, refusals = get_logger(__name__), Repeated(get_logger(__name__))

INSIDE_OUT = [CheckFrames, KnowVisitors, BindTokens]

AUTH_PAGES = frozenset({"/login", "/signup"})


_principal: ContextVar[Principal | None] = ContextVar("chatapp_principal", default=None)
"""Who sent the event that runs in this context. Reflex runs each event in a task of its own."""


class OwnerState(rx.State):
    """Whose login session filled the state of this tab. Stays on the server."""

    _session_hash: str = ""


class Guard(rx.Middleware):
    """Resolves the person behind each event, and refuses what needs one where there is none."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let the event pass (None), or answer it with the way to the login, or with words.

        While the database is down nobody is known: the answer says so, and what a page does by itself waits. Reflex
        ends the waiting when the tab closes, connects again or goes elsewhere.
        """
        declaration, has_waited = find_declaration(event.name, RegistrationContext.get()), False
        while True:
            try:
                answer = await self._admit(state, event, declaration)
            except DatabaseUnavailable as error:
                told = await _tell(state, error)
                if not declaration.waits:
                    return told
                if not has_waited:
                    await EventContext.get().emit_delta(told.delta or {})
                has_waited = True
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # raised from here, its answer would be an event that ends here too, for ever
                log.exception("guard_failed", handler=event.name)
                return await _tell(state, ChatappError())
            else:
                if has_waited:  # sent at once: connecting leaves out what equals a page's defaults
                    await take_back(state, *DatabaseUnavailable.every_reason)
                    await EventContext.get().emit_delta(await take_delta(state))
                return answer

    async def _admit(self, state: BaseState, event: Event, declaration: Declaration) -> StateUpdate | None:
        principal = await sessions.resolve_cookies(cookie_header(state), current_settings())
        _principal.set(principal)
        await _forget_others(state, principal)
        if principal is None and not declaration.admits(None):
            return StateUpdate(delta=await take_delta(state), events=await _login_redirect(state))
        try:
            declaration.check(principal, event.payload)
        except (Forbidden, Invalid) as error:
            refusals.warning("event refused", reason=error.code, handler=event.name)
            return await _tell(state, error)
        if principal is not None and not declaration.automatic:
            await sessions.note_use(principal, current_settings())
        return None


def principal_of(state: BaseState) -> Principal:
    """Who sent the event that runs now. Raises NotSignedIn, also when the state is another session's."""
    principal = find_principal(state)
    if principal is None:
        raise NotSignedIn
    return principal


def find_principal(state: BaseState) -> Principal | None:
    """Like `principal_of`, and None for an anonymous tab: for the pages that both may open."""
    principal = _principal.get()
    token = cookies.session_token(cookie_header(state), current_settings())
    return principal if principal and principal.session_hash == sessions.hash_token(token) else None


async def current_principal(state: BaseState) -> Principal:
    """The person behind this tab as the database knows them now. Raises NotSignedIn like `signed_in_by`."""
    return await signed_in_by(cookie_header(state))


async def signed_in_by(handshake_cookies: str) -> Principal:
    """The same without the tab's state: for tasks that outlive their event, asked every few seconds.

    Raises NotSignedIn once the login session has ended or run out, or the person is locked out.
    """
    principal = await sessions.resolve_cookies(handshake_cookies, current_settings())
    if principal is None:
        raise NotSignedIn
    return principal


def cookie_header(state: BaseState) -> str:
    """The cookies of the websocket's handshake. Reflex keeps them on the server."""
    return handshake_cookies(state)


def assert_installed(app: rx.App) -> None:
    """Refuse to start an app that lacks the guard, a wrapper, or what a handler must say. Raises SettingsError."""
    transformers = app.api_transformer if isinstance(app.api_transformer, list | tuple) else []
    if not isinstance(first_middleware(app), Guard):
        raise SettingsError("The guard is not the first middleware of the app: it would be open to everybody.")
    if [type(one) for one in transformers if type(one) in INSIDE_OUT] != INSIDE_OUT:
        names = ", ".join(made.__name__ for made in INSIDE_OUT)
        raise SettingsError(f"What comes over the websocket is not checked by {names}, in this order.")
    if not transformers or not isinstance(transformers[-1], CheckOrigins):
        raise SettingsError("The origin check is not the outermost wrapper of the app.")
    assert_declared(RegistrationContext.get())


async def _tell(state: BaseState, error: ChatappError) -> StateUpdate:
    """An answer that is only words, in the page's place for errors."""
    await show_error(state, error)
    return StateUpdate(delta=await take_delta(state))


async def _login_redirect(state: BaseState) -> list[Event]:
    url = state.router.url
    if url.path.rstrip("/") in AUTH_PAGES:  # the static server adds a slash
        return []
    offer = await signup.offer(current_settings())
    page = "/signup" if offer.is_first and offer.is_open else "/login"
    # Reflex tells the path of the page that is shown and the query of the address bar. While a page gives way to the
    # login, that is the login's own query: whoever took it along would come back to `/c/1?next=/c/1`.
    query = urlencode([(name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name != "next"])
    path = safe_path(f"{url.path}?{query}" if query else url.path)
    target = page if path == "/" else f"{page}?{urlencode({'next': path})}"
    return Event.from_event_type(rx.redirect(target, replace=True))


async def _forget_others(state: BaseState, principal: Principal | None) -> None:
    """Empty the tab's whole state when it was filled for another login session, or for one that has ended.

    The token binding gives each session states of its own; this holds when a session ends under an open tab.
    """
    owner = await state.get_state(OwnerState)
    session_hash = principal.session_hash if principal else ""
    if owner._session_hash == session_hash:
        return
    if owner._session_hash:
        (await state.get_state(rx.State)).reset()  # type: ignore[no-untyped-call]
    owner._session_hash = session_hash
