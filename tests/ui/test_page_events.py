"""What a page does beside the conversation: telling its time zone, undoing a deletion, fetching all to print it."""

from zoneinfo import available_timezones

import pytest

from chatapp.reading.history import PAGE_MESSAGES
from chatapp.settings import Settings
from chatapp.ui.state import messages as messages_module
from chatapp.ui.state import page as page_module
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.messages import MessagesState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.page import PageState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.sidebar import SidebarState
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join, principal_for
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.ui.test_page_budget import seeded
from tests.web.test_guard import cookie


async def test_all_time_zones_are_looked_through_once_and_not_for_one_that_is_known(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def counted() -> set[str]:
        looks.append(1)
        return available_timezones()

    monkeypatch.setattr(page_module, "available_timezones", counted)
    page_module._known_zones.cache_clear()
    token = await join("owner", migrated)
    async with tab() as page:
        for zone, seen in (("UTC", 1), ("Europe/Berlin", 1), ("Europe/Berlin", 1), ("Nowhere/Atall", 1), ("UTC", 1)):
            await page.send(name_of(PageState, "remember_time_zone"), {"zone": zone}, cookie=cookie(token))
            assert len(looks) == seen
        assert page.shown(PersonState, "time_zone") == "UTC"
    page_module._known_zones.cache_clear()


async def delete(page: Tab, token: str, conversation_id: str) -> None:
    """Delete the conversation that is open."""
    url = f"/c/{conversation_id}"
    await page.send(CONNECT, cookie=cookie(token), url=url, route=CHAT_ROUTE)
    payload = {"conversation_id": conversation_id}
    await page.send(name_of(ConversationActions, "delete"), payload, cookie=cookie(token), url=url, route=CHAT_ROUTE)
    assert page.redirects() == ["/"]


@pytest.mark.parametrize("goes_elsewhere", [False, True])
async def test_undoing_leads_back_to_what_was_open_unless_the_person_is_elsewhere(
    process: Settings, goes_elsewhere: bool
) -> None:
    token = await join("owner", process)
    owner = await principal_for(token, process)
    one, other = await ask(owner, "count 1"), await ask(owner, "count 2")
    for posted in (one, other):
        await ended(owner, posted.conversation_id)
    async with tab() as page:
        await delete(page, token, one.conversation_id)
        url = f"/c/{other.conversation_id}" if goes_elsewhere else "/"
        await page.send(CONNECT, cookie=cookie(token), url=url, route=CHAT_ROUTE)
        await page.send(name_of(ConversationActions, "undo"), cookie=cookie(token), url=url, route=CHAT_ROUTE)
        assert page.redirects()[1:] == ([] if goes_elsewhere else [f"/c/{one.conversation_id}"])
        assert len(page.shown(SidebarState, "rows")) == 2


@pytest.mark.parametrize(("most_characters", "shown"), [(5_000_000, 500), (10_000, 150)])
async def test_all_that_came_before_is_sent_at_once_up_to_a_measure(
    process: Settings, monkeypatch: pytest.MonkeyPatch, most_characters: int, shown: int
) -> None:
    monkeypatch.setattr(messages_module, "ALL_MAX_CHARACTERS", most_characters)
    token = await join("owner", process)
    conversation_id = await seeded(await principal_for(token, process), 500)
    url = f"/c/{conversation_id}"
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), url=url, route=CHAT_ROUTE)
        before = len(page.deltas)
        await page.send(name_of(MessagesState, "load_all"), cookie=cookie(token), url=url, route=CHAT_ROUTE)
        earlier = page.shown(ConversationState, "earlier")
        assert len(earlier) + PAGE_MESSAGES == shown
        assert page.shown(ConversationState, "has_older") == (shown < 500)
        sent = [delta for delta in page.deltas[before:] if ConversationState.get_full_name() in delta]
        assert len(sent) == 1
