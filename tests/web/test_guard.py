"""No event runs for a stranger, and what one person's tab held is gone with their session."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import reflex as rx
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from chatapp.accounts import flash, queries, sessions, signup
from chatapp.clock import now
from chatapp.db import database
from chatapp.errors import NotSignedIn, SettingsError
from chatapp.settings import Settings
from chatapp.ui.state.account import AccountState, SecurityState
from chatapp.web.arguments import Key
from chatapp.web.event_frames import CheckFrames
from chatapp.web.guard import Guard, assert_installed, current_principal, find_principal, principal_of
from chatapp.web.handlers import find_declaration, handler
from chatapp.web.origins import CheckOrigins
from chatapp.web.page_errors import ErrorState
from chatapp.web.token_binding import BindTokens
from chatapp.web.visitors import KnowVisitors
from tests.accounts.browsing import join, start_session
from tests.ui.events import name_of, tab


class ProbeState(rx.State):
    """Stands for everything that is private."""

    words: str = ""
    calls: int = 0

    _hidden: str = ""

    @handler
    def write(self, words: Key) -> None:
        self.calls += 1
        self.words, self._hidden = f"{principal_of(self).username}: {words}", words

    @handler
    def chained(self, words: Key) -> Any:
        return ProbeState.write(words)

    @handler(background=True)
    async def write_later(self, words: Key) -> None:
        async with self:
            principal = await current_principal(self)
            self.words = f"{principal.username}/{principal_of(self).username} later: {words}"

    @handler
    def look(self) -> None:
        principal = find_principal(self)
        self.words = f"{principal.username if principal else 'nobody'} {self._hidden}"


HYDRATE = name_of(rx.State, "hydrate")
HANDLERS = ["write", "chained", "write_later", "look"]


def cookie(token: str) -> str:
    return f"chatapp_session={token}"


@pytest.mark.asyncio
@pytest.mark.parametrize("handler", HANDLERS)
async def test_a_stranger_runs_nothing_and_is_shown_the_door(migrated: Settings, handler: str) -> None:
    await join("ada", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, handler), {"words": "secret"}, url="/c/1?a=b", cookie=cookie("forged"))
        assert "secret" not in page.words()
        assert page.redirects() == ["/login?next=%2Fc%2F1%3Fa%3Db"]
        assert page.errors == []


@pytest.mark.asyncio
async def test_a_page_that_gives_way_to_the_login_does_not_take_the_logins_query_along(migrated: Settings) -> None:
    await join("ada", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, "look"), url="/c/1?next=%2Fc%2F1&empty=")
        assert page.redirects() == ["/login?next=%2Fc%2F1%3Fempty%3D"]


@pytest.mark.asyncio
async def test_where_nobody_is_yet_the_door_is_the_sign_up(migrated: Settings) -> None:
    async with tab() as page:
        await page.send(name_of(ProbeState, "look"))
        assert page.redirects() == ["/signup"]


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["/login", "/login/", "/signup/?next=/c/1"])
async def test_the_door_itself_does_not_send_people_in_circles(migrated: Settings, url: str) -> None:
    async with tab() as page:
        await page.send(name_of(ProbeState, "look"), url=url)
        assert page.redirects() == []
        assert "nobody" not in page.words()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("handler", "shown"),
    [("write", "ada: hello"), ("chained", "ada: hello"), ("write_later", "ada/ada later: hello")],
)
async def test_a_person_is_known_to_every_kind_of_event(migrated: Settings, handler: str, shown: str) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, handler), {"words": "hello"}, cookie=cookie(token))
        assert page.errors == []
        assert shown in page.words()


@pytest.mark.asyncio
async def test_a_session_that_ends_takes_effect_with_the_next_event_and_empties_the_tab(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, "write"), {"words": "private"}, cookie=cookie(token))
        await sessions.end(token)
        page.deltas.clear()
        await page.send(name_of(ProbeState, "look"), cookie=cookie(token))
        assert page.redirects() == ["/login"]
        await page.send(HYDRATE, cookie=cookie(token))
        assert "private" not in page.words()
        assert page.deltas


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("state", "handler", "counts"),
    [(ProbeState, "look", True), (rx.State, "hydrate", False), (SecurityState, "open_settings", False)],
)
async def test_what_a_page_does_by_itself_does_not_keep_a_login_alive(
    migrated: Settings, state: type[rx.State], handler: str, counts: bool
) -> None:
    token = await join("ada", migrated)
    old = await make_idle(token)
    async with tab() as page:
        await page.send(name_of(state, handler), cookie=cookie(token))
        assert page.errors == []
    assert (await last_seen(token) > old) == counts


async def make_idle(token: str) -> datetime:
    """Move the last use of a login session to yesterday; returns that moment."""
    yesterday = now() - timedelta(days=1)
    async with database.writing() as db:
        await queries.touch_login(db, sessions.hash_token(token), yesterday)
    return yesterday


async def last_seen(token: str) -> datetime:
    async with database.reading() as db:
        login = await queries.find_login(db, sessions.hash_token(token))
    assert login is not None
    return login.seen_at


@pytest.mark.asyncio
async def test_another_session_never_sees_what_the_state_held(migrated: Settings) -> None:
    ada, eve = await join("ada", migrated), await join("eve", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, "write"), {"words": "private"}, cookie=cookie(ada))
        page.deltas.clear()
        await page.send(HYDRATE, cookie=cookie(eve))
        await page.send(name_of(ProbeState, "look"), cookie=cookie(eve))
        assert "private" not in page.words()
        assert "eve" in page.words()


@pytest.mark.asyncio
async def test_the_token_and_its_hash_never_reach_the_page(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        await page.send(HYDRATE, cookie=cookie(token))
        await page.send(name_of(SecurityState, "open_settings"), cookie=cookie(token))
        assert "Firefox on Linux" in page.words()
        assert token not in page.words()
        assert sessions.hash_token(token) not in page.words()


@pytest.mark.asyncio
async def test_outside_an_event_nobody_is_signed_in(migrated: Settings) -> None:
    state = ProbeState(_reflex_internal_init=True)  # type: ignore[call-arg]
    with pytest.raises(NotSignedIn):
        principal_of(state)
    with pytest.raises(NotSignedIn):
        await current_principal(state)


@pytest.mark.asyncio
async def test_settings_show_and_end_the_other_devices(migrated: Settings) -> None:
    token = await join("ada", migrated)
    principal = await sessions.resolve(token, migrated)
    assert principal is not None
    other = await start_session(principal.user_id, migrated)
    async with tab() as page:
        await page.send(name_of(SecurityState, "open_settings"), cookie=cookie(token), url="/settings")
        await page.send(name_of(SecurityState, "sign_out_others"), cookie=cookie(token), url="/settings")
        assert "Signed out on 1 other device." in page.words()
    assert await sessions.resolve(other, migrated) is None


def open_to_strangers() -> set[str]:
    """The full names of these handlers."""
    registration = RegistrationContext.get()
    return {name for name in registration.event_handlers if find_declaration(name, registration).admits(None)}


def test_the_handlers_open_to_strangers_are_these_and_they_exist() -> None:
    assert {name.rsplit(".", 1)[1] for name in open_to_strangers()} == {
        "hydrate",
        "hydrate_and_load",
        "on_load_internal",
        "set_is_hydrated",
        "open_login",
        "open_signup",
        "show",
    }


@pytest.mark.asyncio
async def test_of_all_handlers_a_stranger_reaches_the_open_ones_only(migrated: Settings) -> None:
    await signup.create_user("ada", "correct horse battery")
    others = sorted(set(RegistrationContext.get().event_handlers) - open_to_strangers())
    assert len(others) > 10
    async with tab() as page:
        for name in others:
            await page.send(name)
        assert page.redirects() == ["/login"] * len(others)
        assert page.errors == []


def app(settings: Settings, *, transformers: list[Any] | None = None) -> rx.App:
    made = rx.App.__new__(rx.App)
    made._middlewares = [Guard()]
    everything: list[Any] = [CheckFrames(), KnowVisitors(settings), BindTokens(settings), CheckOrigins(settings)]
    made.api_transformer = everything if transformers is None else transformers
    return made


def test_the_app_starts_with_all_five_in_place(settings: Settings) -> None:
    assert_installed(app(settings))


def test_the_app_refuses_to_start_without_any_of_them(settings: Settings) -> None:
    frames, visitors, binding = CheckFrames(), KnowVisitors(settings), BindTokens(settings)
    origins = CheckOrigins(settings)
    unguarded = app(settings)
    unguarded._middlewares = []
    incomplete: tuple[list[Any], ...] = (
        [],
        [frames, visitors, binding],
        [frames, visitors, origins],
        [frames, binding, origins],
        [visitors, binding, origins],
        [visitors, frames, binding, origins],
        [origins, binding, visitors, frames],
    )
    broken = [unguarded, *(app(settings, transformers=made) for made in incomplete)]
    for one in broken:
        with pytest.raises(SettingsError):
            assert_installed(one)


@pytest.mark.asyncio
async def test_the_login_page_shows_an_error_once(migrated: Settings) -> None:
    await join("ada", migrated)
    value = flash.dumps(flash.Flash("/login", error="No such luck.", username="ada"), migrated)
    async with tab() as page:
        opened = name_of(AccountState, "open_login")
        await page.send(opened, cookie=f"chatapp_flash={value}", url="/login?next=/c/1")
        assert "No such luck." in page.words()
        assert '"/c/1"' in page.words()
        page.deltas.clear()
        await page.send(HYDRATE, cookie=f"chatapp_flash={value}", url="/login")
        await page.send(opened, cookie=f"chatapp_flash={value}", url="/login")
        assert page.shown(ErrorState, "error") == ""


@pytest.mark.asyncio
async def test_whoever_is_signed_in_is_led_past_the_login(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        await page.send(name_of(AccountState, "open_login"), cookie=cookie(token), url="/login")
        assert page.redirects() == ["/"]


@pytest.mark.asyncio
async def test_the_login_page_of_an_empty_installation_leads_to_the_first_account(migrated: Settings) -> None:
    async with tab() as page:
        await page.send(name_of(AccountState, "open_login"), url="/login")
        assert page.redirects() == ["/signup"]
        await page.send(name_of(AccountState, "open_signup"), url="/signup")
        assert page.deltas[-1][AccountState.get_full_name()]["is_first_rx_state_"] is True


def test_a_redirect_is_no_code() -> None:
    assert [event.name for event in Event.from_event_type(rx.redirect("/login"))] == ["_redirect"]
