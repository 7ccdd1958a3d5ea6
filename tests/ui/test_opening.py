"""A tab that connects is sent what is true now, whatever its state held, and only to whom it belongs."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.reading import history
from chatapp.settings import Settings
from chatapp.ui.state import opening
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.screen import shown_rows
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join, principal_for
from tests.generations.conversing import ask, ended, has_text
from tests.ui.events import name_of, tab
from tests.ui.test_live_page import new_tab, shown_text
from tests.web.test_guard import cookie

SECRET = "sentinel of ada"


async def test_a_state_that_is_old_is_brought_up_to_date_with_the_text_that_is_growing(ada: Principal) -> None:
    first = await ask(ada, "count 3")
    await ended(ada, first.conversation_id)
    old = new_tab()
    await opening.fill_with_text(old, ada, first.conversation_id)
    await ask(ada, "count 500 at 200", first.conversation_id)
    await has_text(ada, first.conversation_id)
    await opening.fill_with_text(old, ada, first.conversation_id)
    live, conversation = await old.get_state(LiveState), await old.get_state(ConversationState)
    assert [row.text for row in shown_rows(conversation)] == ["count 3", "1 2 3", "count 500 at 200"]
    assert live.message.is_active
    assert (await shown_text(old)).startswith("1 2 3")


async def test_an_empty_state_is_filled_before_the_page_is_told_anything(process: Settings) -> None:
    token = await join("owner", process)
    owner = await principal_for(token, process)
    posted = await ask(owner, f"repeat exactly: {SECRET}")
    await ended(owner, posted.conversation_id)
    async with tab() as page:
        await page.send(CONNECT, url=f"/c/{posted.conversation_id}", route=CHAT_ROUTE, cookie=cookie(token))
        assert SECRET in str(page.deltas[0])


async def test_neither_a_stranger_nor_somebody_else_is_told_anything(ada: Principal, process: Settings) -> None:
    posted = await ask(ada, f"repeat exactly: {SECRET}")
    await ended(ada, posted.conversation_id)
    for cookies in ("", cookie(await join("eve", process))):
        async with tab() as page:
            await page.send(CONNECT, url=f"/c/{posted.conversation_id}", route=CHAT_ROUTE, cookie=cookies)
            assert SECRET not in page.words()


async def test_a_question_from_a_page_whose_state_is_gone_goes_to_the_conversation_of_its_address(
    process: Settings,
) -> None:
    token = await join("owner", process)
    owner = await principal_for(token, process)
    posted = await ask(owner, "count 1")
    await ended(owner, posted.conversation_id)
    form = {"text": "count 2", "client_message_id": "of a box that the state knew"}
    url = f"/c/{posted.conversation_id}"
    async with tab() as page:
        await page.send(name_of(ComposerState, "send"), {"form": form}, cookie=cookie(token), url=url, route=CHAT_ROUTE)
        assert page.redirects() == []
        assert page.errors == []
    found = await history.get_history(owner, posted.conversation_id)
    assert [entry.text for entry in found.entries if entry.answer is None] == ["count 1", "count 2"]


@pytest.mark.parametrize("url", ["/", "/c/nothing", "/elsewhere"])
async def test_an_address_without_messages_is_filled_too(process: Settings, url: str) -> None:
    token = await join("owner", process)
    async with tab() as page:
        await page.send(CONNECT, url=url, route=CHAT_ROUTE, cookie=cookie(token))
        assert "owner" in str(page.deltas[0])
        assert page.errors == []
