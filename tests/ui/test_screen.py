"""What a tab shows of a long conversation, without its page."""

from chatapp.accounts.principal import Principal
from chatapp.reading import history
from chatapp.ui.state import screen
from chatapp.ui.state.conversation import ConversationState
from tests.ui.test_live_page import new_tab
from tests.ui.test_page_budget import seeded


async def test_messages_that_a_reader_scrolls_up_to_come_on_top_and_leave_every_row_its_place_in_its_list(
    ada: Principal,
) -> None:
    conversation_id = await seeded(ada, 400)
    tab = new_tab()
    conversation = await tab.get_state(ConversationState)
    await screen.show_history(tab, await history.get_history(ada, conversation_id))
    for _ in range(2):
        first, before = screen.shown_rows(conversation)[0], list(conversation.earlier)
        screen.show_earlier(conversation, await history.get_older(ada, first.id))
        assert conversation.earlier[: len(before)] == before
    shown = screen.shown_rows(conversation)
    newest = await history.get_history(ada, conversation_id, limit=len(shown))
    assert len(shown) == 3 * history.PAGE_MESSAGES
    assert [row.id for row in shown] == [entry.id for entry in newest.entries]
