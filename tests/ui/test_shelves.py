"""What is done from the sidebar to keep conversations in order, as one tab sees it and another hears of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.reading.follower import Follower
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.shelves import ShelfActions
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.undo import UndoState
from chatapp.web.page_errors import ErrorState
from chatapp.web.reflex_handlers import CONNECT
from chatapp.words import WORDS
from tests.accounts.browsing import join, principal_for
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.web.test_guard import cookie


@dataclass
class Reader:
    """Somebody with two conversations, of which the first is open in a tab."""

    page: Tab
    principal: Principal
    cookie: str
    first: str
    second: str
    url: str = ""

    async def go(self, url: str) -> None:
        """Load the page at this address."""
        self.url = url
        await self.page.send(CONNECT, cookie=self.cookie, url=url, route=CHAT_ROUTE)

    async def do(self, state: type[rx.State], handler: str, **arguments: Any) -> None:
        """What a click does."""
        await self.page.send(name_of(state, handler), arguments, cookie=self.cookie, url=self.url, route=CHAT_ROUTE)

    def listed(self) -> list[str]:
        """The ids in the sidebar."""
        return [row.id for row in self.page.shown(SidebarState, "rows")]


@pytest_asyncio.fixture
async def reader(process: Settings) -> AsyncIterator[Reader]:
    token = await join("owner", process)
    principal = await principal_for(token, process)
    ids = []
    for number in (1, 2):
        posted = await ask(principal, f"count {number}")
        await ended(principal, posted.conversation_id)
        ids.append(posted.conversation_id)
    async with tab() as page:
        made = Reader(page, principal, cookie(token), *ids)
        await made.go(f"/c/{made.first}")
        yield made


@pytest.mark.parametrize(("state", "handler"), [(ShelfActions, "archive"), (ConversationActions, "delete")])
async def test_what_takes_the_open_conversation_away_leads_away_and_undo_leads_back(
    reader: Reader, state: type[rx.State], handler: str
) -> None:
    await reader.do(state, handler, conversation_id=reader.first)
    assert (reader.listed(), reader.page.redirects()) == ([reader.second], ["/"])
    assert reader.page.shown(UndoState, "last_id") == reader.first
    await reader.go("/")
    await reader.do(ConversationActions, "undo")
    assert reader.listed() == [reader.second, reader.first]
    assert reader.page.redirects() == ["/", f"/c/{reader.first}"]
    assert reader.page.shown(UndoState, "key") == ""


async def test_an_offer_that_was_replaced_does_not_take_the_new_one_away(reader: Reader) -> None:
    await reader.do(ShelfActions, "archive", conversation_id=reader.first)
    earlier = reader.page.shown(UndoState, "key")
    await reader.do(ConversationActions, "delete", conversation_id=reader.first)
    await reader.do(ConversationActions, "forget_undo", key=earlier)
    assert reader.page.shown(UndoState, "said") == "Chat deleted"
    await reader.do(ConversationActions, "undo")
    listed = await order.list_shelf(reader.principal, Shelf.ARCHIVE, 5)
    assert [one.id for one in listed.conversations] == [reader.first]


async def test_archive_and_trash_are_listed_where_the_chats_were(reader: Reader) -> None:
    await reader.do(ShelfActions, "archive", conversation_id=reader.second)
    await reader.do(ShelfActions, "open_shelf", shelf="archive")
    assert reader.listed() == [reader.second]
    await reader.do(ShelfActions, "unarchive", conversation_id=reader.second)
    assert reader.listed() == []
    await reader.do(ConversationActions, "delete", conversation_id=reader.first)
    await reader.do(ShelfActions, "open_shelf", shelf="trash")
    assert reader.listed() == [reader.first]
    await reader.do(ShelfActions, "restore", conversation_id=reader.first)
    await reader.do(ShelfActions, "open_shelf", shelf="chats")
    assert reader.listed() == [reader.second, reader.first]


async def test_what_was_deleted_for_good_is_gone(reader: Reader) -> None:
    await reader.do(ConversationActions, "delete", conversation_id=reader.first)
    await reader.do(ShelfActions, "open_shelf", shelf="trash")
    await reader.do(ShelfActions, "delete_for_good", conversation_id=reader.first)
    assert reader.listed() == []
    await reader.do(ConversationActions, "undo")
    assert reader.page.shown(ErrorState, "error") == WORDS["not_found"]


async def test_a_shelf_that_there_is_not_is_refused(reader: Reader) -> None:
    await reader.do(ShelfActions, "open_shelf", shelf="attic")
    assert reader.page.shown(ErrorState, "error") == WORDS["page_out_of_date"]


async def test_an_answer_that_a_page_has_shown_is_new_on_no_other_device(reader: Reader) -> None:
    assert reader.page.shown(ConversationState, "is_unread")
    assert set(reader.page.shown(SidebarState, "unread_ids")) == {reader.first, reader.second}
    elsewhere = Follower(hub.current(), reader.principal.user_id, "").batches()
    await anext(elsewhere)
    await reader.do(ShelfActions, "mark_seen", conversation_id=reader.first)
    assert (await anext(elsewhere)).list_changed
    await elsewhere.aclose()
    assert not reader.page.shown(ConversationState, "is_unread")
    assert (await order.list_shelf(reader.principal, Shelf.CHATS, 5)).unread_ids == (reader.second,)
