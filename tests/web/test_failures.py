"""What goes wrong outside a handler is told in words, once, and a page that could not open does so later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import reflex as rx
from sqlalchemy import text

from chatapp.accounts import sessions
from chatapp.db import database
from chatapp.errors import ChatappError, DatabaseUnavailable, NotSignedIn, TooMany
from chatapp.settings import Settings
from chatapp.ui.state.account import AccountState, SecurityState
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.page import PageState
from chatapp.web import page_errors
from chatapp.web.handlers import handler
from chatapp.web.page_errors import ErrorState, show_error
from chatapp.web.reflex_handlers import CONNECT
from chatapp.words import words_of
from tests.accounts.browsing import join, principal_for
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.ui.test_live_page import new_tab
from tests.waiting import until
from tests.web.test_guard import cookie

AWAY = words_of(DatabaseUnavailable())


class FaultyState(rx.State):
    """Handlers with a bug, or without care."""

    @handler
    async def fail(self) -> None:
        raise RuntimeError("sentinel of a bug")

    @handler(background=True)
    async def fail_later(self) -> None:
        raise NotSignedIn


async def test_what_a_limit_refuses_says_from_when_on_it_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    page = new_tab()
    shown = await page.get_state(ErrorState)
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    monkeypatch.setattr(page_errors, "now", lambda: moment)
    refused = TooMany("too_many_questions", retry_after_seconds=60)
    await show_error(page, refused)
    assert f"{shown.error}in 60 s{shown.rest}" == words_of(refused)
    assert shown.opens_at == (moment.timestamp() + 60) * 1_000
    await show_error(page, ChatappError())
    assert (shown.error, shown.rest, shown.opens_at) == (words_of(ChatappError()), "", 0)


@asynccontextmanager
async def away(settings: Settings) -> AsyncIterator[None]:
    """The database cannot be reached, and nobody is remembered."""
    await database.close()
    database.configure(f"sqlite+aiosqlite:///{settings.data_dir}/nowhere/chatapp.db")
    sessions.forget()
    yield
    await database.close()
    database.configure(settings.effective_database_url)


async def until_shown(page: Tab, state: type[rx.State], words: str) -> None:
    async def is_shown() -> bool:
        try:
            return bool(page.shown(state, "error") == words)
        except IndexError:
            return False

    await until(is_shown, what=words)


async def test_while_the_database_is_down_a_question_gets_an_error_and_stays_in_its_box(
    process: Settings,
) -> None:
    token = await join("owner", process)
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        box = page.shown(ConversationState, "composer_key")
        async with away(process):
            form = {"text": "count 3", "client_message_id": page.shown(ConversationState, "client_message_id")}
            await page.send(name_of(ComposerState, "send"), {"form": form}, cookie=cookie(token), route=CHAT_ROUTE)
            assert page.shown(ErrorState, "error") == AWAY
        assert page.shown(ConversationState, "composer_key") == box
        assert page.errors == []


async def test_a_page_that_is_opened_while_the_database_is_down_says_so_and_fills_when_it_is_back(
    process: Settings,
) -> None:
    token = await join("owner", process)
    posted = await ask(await principal_for(token, process), "repeat exactly: here it is")
    await ended(await principal_for(token, process), posted.conversation_id)
    async with tab() as page:
        async with away(process):
            opening = asyncio.create_task(
                page.send(CONNECT, cookie=cookie(token), url=f"/c/{posted.conversation_id}", route=CHAT_ROUTE)
            )
            await until_shown(page, ErrorState, AWAY)
            assert not opening.done()
        await opening
        assert "here it is" in page.words()
        assert page.shown(ErrorState, "error") == ""
        assert page.errors == []


async def test_a_page_whose_database_goes_away_while_it_opens_goes_on_too(process: Settings) -> None:
    token = await join("owner", process)
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        await principal_for(token, process)  # remembered for a moment: the guard lets the event pass
        remembered = dict(sessions._remembered)
        async with away(process):
            sessions._remembered.update(remembered)
            opening = asyncio.create_task(
                page.send(name_of(PageState, "open"), cookie=cookie(token), url="/c/elsewhere", route=CHAT_ROUTE)
            )
            await until_shown(page, ErrorState, AWAY)
            assert page.shown(ConversationState, "conversation_id") == ""
        await until_shown(page, ErrorState, "")
        assert page.shown(ConversationState, "not_found") is True
        opening.cancel()


async def test_the_login_page_waits_for_the_database_too(migrated: Settings) -> None:
    async with tab() as page:
        async with away(migrated):
            opening = asyncio.create_task(page.send(name_of(AccountState, "open_login"), url="/login"))
            await until_shown(page, ErrorState, AWAY)
        await opening
        assert page.redirects() == ["/signup"]
        assert page.errors == []


async def test_the_settings_page_says_in_its_own_place_that_the_database_is_down(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page, away(migrated):
        await page.send(name_of(SecurityState, "sign_out_others"), cookie=cookie(token), url="/settings")
        assert page.shown(ErrorState, "error") == AWAY


async def test_a_bug_is_told_in_words_that_are_no_code_and_hold_nothing_of_it(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        with pytest.raises(RuntimeError):
            await page.send(name_of(FaultyState, "fail"), cookie=cookie(token))
        await until_shown(page, ErrorState, words_of(ChatappError()))
        assert page.frontend == []
        assert "sentinel" not in page.words()


async def test_a_background_event_whose_login_has_ended_leads_to_the_login(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        with pytest.raises(NotSignedIn):
            await page.send(name_of(FaultyState, "fail_later"), cookie=cookie(token))

        async def is_led() -> bool:
            return page.redirects() == ["/login"]

        await until(is_led, what="the way to the login")


async def test_a_guard_that_fails_lets_nothing_pass_and_does_not_answer_itself_for_ever(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with database.writing() as db:
        await db.execute(text("UPDATE login_session SET seen_at = 'no date'"))
    sessions.forget()
    async with tab() as page:
        await page.send(name_of(FaultyState, "fail"), cookie=cookie(token))
        assert page.shown(ErrorState, "error") == words_of(ChatappError())
        assert page.errors == []
