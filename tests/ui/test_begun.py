"""A tab in which a conversation was begun gets to its address, whatever the model does and the reader meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatapp.settings import Settings
from chatapp.ui.state import page as page_module
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.page import PageState
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join
from tests.ui.events import Tab, name_of, tab
from tests.waiting import until
from tests.web.test_guard import cookie

SILENT = "wait 60"
"""A model that thinks for longer than any test lasts."""


class Begun:
    """A tab in which a question has just begun a conversation."""

    def __init__(self, page: Tab, token: str) -> None:
        self.page, self._token = page, token

    async def go(self, url: str) -> None:
        """Go to an address within the page; nobody waits for the follower there."""
        await self.page.start(name_of(PageState, "open"), cookie=cookie(self._token), url=url, route=CHAT_ROUTE)

    async def reload(self, url: str) -> None:
        """Load the page at this address anew."""
        self.page.socket += " again"
        self.page.deltas.clear()
        await self.page.send(CONNECT, cookie=cookie(self._token), url=url, route=CHAT_ROUTE)
        await self.go(url)

    async def is_empty(self) -> None:
        """Wait until the tab shows a new conversation."""

        async def is_new() -> bool:
            return self.page.shown(ConversationState, "conversation_id") == ""

        await until(is_new, what="a new conversation")

    async def leads_to(self, *paths: str) -> None:
        """Wait until the tab has been sent to these addresses."""

        async def has_come() -> bool:
            return self.page.redirects() == list(paths)

        await until(has_come, what=f"the way to {paths}")


@asynccontextmanager
async def begun(settings: Settings, question: str) -> AsyncIterator[Begun]:
    """A tab at `/`, once it was sent to the address of the conversation that the question has begun."""
    token = await join("owner", settings)
    form = {"text": question, "client_message_id": "of this box"}
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        page.order.clear()
        await page.start(name_of(ComposerState, "send"), {"form": form}, cookie=cookie(token), route=CHAT_ROUTE)

        async def is_sent_on() -> bool:
            return bool(page.redirects())

        await until(is_sent_on, what="the way to the address")
        yield Begun(page, token)


async def test_a_tab_is_sent_to_the_address_behind_its_question_whatever_the_model_does(process: Settings) -> None:
    async with begun(process, SILENT) as tab_:
        (path,) = tab_.page.redirects()
        assert path == f"/c/{tab_.page.shown(ConversationState, 'conversation_id')}"
        assert SILENT in "".join(tab_.page.order[: tab_.page.order.index("_redirect")])


async def test_a_reload_before_the_tab_has_got_there_shows_the_conversation_and_leads_there(process: Settings) -> None:
    async with begun(process, SILENT) as tab_:
        (path,) = tab_.page.redirects()
        await tab_.reload("/")
        assert SILENT in str(tab_.page.deltas[0])
        await tab_.leads_to(path, path)


async def test_whoever_wants_a_new_chat_before_that_gets_one(process: Settings) -> None:
    async with begun(process, SILENT) as tab_:
        await tab_.go("/")
        await tab_.is_empty()
        assert len(tab_.page.redirects()) == 1


async def test_a_new_chat_after_that_is_one_also_when_it_is_loaded_anew(process: Settings) -> None:
    async with begun(process, SILENT) as tab_:
        (path,) = tab_.page.redirects()
        await tab_.go(path)
        await tab_.go("/")
        await tab_.is_empty()
        await tab_.reload("/")
        await tab_.is_empty()
        assert tab_.page.redirects() == [path]


async def test_the_follower_of_a_tab_that_never_gets_there_ends(
    process: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "LOAD_SECONDS", 0.0)
    token = await join("owner", process)
    form = {"text": "count 5", "client_message_id": "of this box"}
    async with tab() as page, asyncio.timeout(30):
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        await page.send(name_of(ComposerState, "send"), {"form": form}, cookie=cookie(token), route=CHAT_ROUTE)
        assert len(page.redirects()) == 1
