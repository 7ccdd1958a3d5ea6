"""What screen readers are told of a change that was asked for, where nothing else says it."""

from typing import Any

from chatapp.reading.history import PAGE_MESSAGES
from chatapp.settings import Settings
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.messages import MessagesState
from chatapp.ui.state.model_picker import PickerState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join, principal_for
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.ui.test_page_budget import seeded
from tests.web.test_guard import cookie


class Page:
    """A page at an address, and what is read out on it."""

    def __init__(self, sent: Tab, token: str, url: str) -> None:
        self._sent = sent
        self._place: dict[str, Any] = {"cookie": cookie(token), "url": url, "route": CHAT_ROUTE}

    async def open(self) -> None:
        await self._sent.send(CONNECT, **self._place)

    async def does(self, handler: str, **payload: object) -> str:
        """Do something; returns what is read out after it."""
        states = (MessagesState, ConversationActions, PickerState, ModelsState)
        state = next(state for state in states if handler in state.event_handlers)
        await self._sent.send(name_of(state, handler), payload, **self._place)
        return str(self._sent.shown(ConversationState, "announcement"))


async def test_another_version_and_earlier_messages_are_read_out(process: Settings) -> None:
    token = await join("owner", process)
    owner = await principal_for(token, process)
    conversation_id = await seeded(owner, 2 * PAGE_MESSAGES)
    await ask(owner, "count 3", conversation_id)
    first = await ended(owner, conversation_id)
    async with tab() as sent:
        page = Page(sent, token, f"/c/{conversation_id}")
        await page.open()
        await page.does("regenerate", message_id=first.message_id)
        await ended(owner, conversation_id)
        assert await page.does("select_version", message_id=first.message_id) == "Version 1 of 2"
        assert await page.does("load_older") == f"Messages shown: {2 * PAGE_MESSAGES}"


async def test_what_is_done_with_a_chat_is_read_out_as_often_as_it_is_done(process: Settings) -> None:
    token = await join("owner", process)
    conversation_id = (await ask(await principal_for(token, process), "count 1")).conversation_id
    async with tab() as sent:
        page = Page(sent, token, "/")
        await page.open()
        title = {"conversation_id": conversation_id, "title": "Another"}
        said = [await page.does("rename", form={**title, "title_id": title_id}) for title_id in "12"]
        assert said[0] == "Renamed"
        assert said[1] != said[0]
        assert said[1].strip() == said[0]
        await page.does("delete", conversation_id=conversation_id)
        assert await page.does("undo") == "Brought back"
        assert await page.does("load_more") == "Chats shown: 1"


async def test_a_search_among_models_says_how_many_it_finds(process: Settings) -> None:
    token = await join("owner", process)
    async with tab() as sent:
        page = Page(sent, token, "/")
        await page.open()
        await page.does("unfold")
        assert await page.does("search", text="demo") == "Models found: 1"
        assert await page.does("search", text="no such model") == "Models found: 0"
