"""A tab is brought in line with what happened, whatever order the news comes in."""

from datetime import UTC, datetime

import pytest
import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.conversations import service as conversations
from chatapp.errors import Conflict, Forbidden
from chatapp.generations import service as generations
from chatapp.generations.queries import Answer
from chatapp.models import Status
from chatapp.reading import history
from chatapp.reading.follower import Batch, Follower
from chatapp.streaming import hub
from chatapp.ui.state import live_page, screen
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.live_page import LivePage
from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.reasoning import ReasoningState, ReasoningTextState
from chatapp.ui.state.rows import error_words
from chatapp.ui.state.sealed import SealedState
from chatapp.ui.state.waits import QUIET_SECONDS, WaitState
from chatapp.ui.text.live_text import LIVE_SLOTS, SEALED_SLOTS
from chatapp.web.page_errors import ErrorState, show_error
from chatapp.words import words_of
from tests.generations.conversing import ask, ended, model_key


def new_tab() -> rx.State:
    """The empty state of a tab."""
    return rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]


async def shown_text(tab: rx.State) -> str:
    """What the live row shows."""
    live, sealed = await tab.get_state(LiveState), await tab.get_state(SealedState)
    return "".join(getattr(sealed, s) for s in SEALED_SLOTS) + "".join(getattr(live, s) for s in LIVE_SLOTS)


async def follow_to_the_end(tab: rx.State, principal: Principal, conversation_id: str) -> None:
    """Run a tab's follower until its live row says that the answer has ended."""
    page, live = LivePage(principal, conversation_id), await tab.get_state(LiveState)
    batches = Follower(hub.current(), principal.user_id, conversation_id).batches()
    async for batch in batches:
        await page.apply(tab, batch)
        if live.message.status in (Status.COMPLETED, Status.STOPPED, Status.FAILED):
            break
    await batches.aclose()


async def send(tab: rx.State, principal: Principal, text: str, conversation_id: str = "") -> str:
    """Ask as the composer does; returns the conversation."""
    posted = await ask(principal, text, conversation_id)
    await screen.show_history(tab, await history.get_history(principal, posted.conversation_id))
    return posted.conversation_id


async def test_the_row_shows_the_whole_answer_in_the_moment_it_says_completed(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "long 900 at 4000")
    await follow_to_the_end(tab, ada, conversation_id)
    assert await shown_text(tab) == (await ended(ada, conversation_id)).text


async def test_a_new_title_is_shown_without_the_messages(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "count 3")
    await follow_to_the_end(tab, ada, conversation_id)
    await conversations.rename(ada, conversation_id, "Other")
    await LivePage(ada, conversation_id).apply(tab, Batch(title_changed=True))
    assert (await tab.get_state(ConversationState)).title == "Other"


async def test_an_answer_equal_to_the_one_before_is_shown_again(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "count 9 at 1000")
    await follow_to_the_end(tab, ada, conversation_id)
    await send(tab, ada, "count 9 at 1000", conversation_id)
    assert await shown_text(tab) == ""
    await follow_to_the_end(tab, ada, conversation_id)
    assert await shown_text(tab) == "1 2 3 4 5 6 7 8 9"
    conversation = await tab.get_state(ConversationState)
    assert [row.text for row in screen.shown_rows(conversation)][1] == "1 2 3 4 5 6 7 8 9"


async def test_a_row_that_an_event_has_emptied_is_written_again(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "count 30 at 1000")
    page = LivePage(ada, conversation_id)
    answer = await ended(ada, conversation_id)
    live = await tab.get_state(LiveState)
    await page.apply(tab, Batch(changed=True))
    assert await shown_text(tab) == answer.text
    live.s0 = live.s1 = live.s2 = ""
    await page.apply(tab, Batch(changed=True))
    assert await shown_text(tab) == answer.text


async def test_a_handler_does_not_end_the_live_row_before_its_text_is_there(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "count 40 at 400")
    live = await tab.get_state(LiveState)
    await ended(ada, conversation_id)
    await screen.show_history(tab, await history.get_history(ada, conversation_id))
    assert live.message.is_active
    await follow_to_the_end(tab, ada, conversation_id)
    assert (live.message.status, await shown_text(tab)) == ("completed", " ".join(map(str, range(1, 41))))


async def test_a_tab_that_opens_later_shows_a_finished_answer_among_the_messages(ada: Principal) -> None:
    conversation_id = await send(new_tab(), ada, "count 3")
    await ended(ada, conversation_id)
    late = new_tab()
    await screen.show_history(late, await history.get_history(ada, conversation_id))
    conversation, live = await late.get_state(ConversationState), await late.get_state(LiveState)
    assert [row.text for row in screen.shown_rows(conversation)] == ["count 3", "1 2 3"]
    assert live.message.id == ""


async def test_an_answer_that_ended_before_the_tab_looked_is_announced(ada: Principal) -> None:
    tab = new_tab()
    conversation = await tab.get_state(ConversationState)
    conversation_id = await send(tab, ada, "count 3")
    await follow_to_the_end(tab, ada, conversation_id)
    assert conversation.announcement == "Answer finished, 3 words"
    posted = await ask(ada, "fail 401", conversation_id)
    failed = await ended(ada, posted.conversation_id)
    await screen.show_history(tab, await history.get_history(ada, conversation_id))
    assert error_words(failed)
    assert conversation.announcement == f"Error: {error_words(failed)}"


async def test_what_a_tab_finds_when_it_opens_is_not_announced(ada: Principal) -> None:
    conversation_id = await send(new_tab(), ada, "count 3")
    await ended(ada, conversation_id)
    late = new_tab()
    await screen.show_history(late, await history.get_history(ada, conversation_id))
    assert (await late.get_state(ConversationState)).announcement == ""


async def test_rows_that_are_shown_are_not_sent_again_with_each_question(ada: Principal) -> None:
    tab = new_tab()
    conversation_id, conversation = "", await tab.get_state(ConversationState)
    sizes = []
    for _ in range(12):
        conversation_id = await send(tab, ada, "count 2", conversation_id)
        await ended(ada, conversation_id)
        sizes.append((len(conversation.older), len(conversation.middle), len(conversation.recent)))
    assert max(recent for _, _, recent in sizes) <= screen.RECENT_MAX_ROWS
    ids = [row.id for row in screen.shown_rows(conversation)]
    assert len(ids) == len(set(ids)) == 23


async def test_a_version_that_is_picked_replaces_what_followed(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "count 2")
    first = await ended(ada, conversation_id)
    await generations.regenerate(ada, first.message_id, model_key())
    await follow_to_the_end(tab, ada, conversation_id)
    live = await tab.get_state(LiveState)
    assert (live.message.version, live.message.versions, live.message.previous_id) == (2, 2, first.message_id)


async def test_reasoning_is_sent_only_while_it_is_unfolded(ada: Principal) -> None:
    tab = new_tab()
    conversation_id = await send(tab, ada, "reasoning")
    await follow_to_the_end(tab, ada, conversation_id)
    live, text = await tab.get_state(LiveState), await tab.get_state(ReasoningTextState)
    assert live.message.has_reasoning
    assert text.r0 + text.r1 == ""
    (await tab.get_state(ReasoningState)).open_id = live.message.id
    snapshot = Answer(live.message.id, "generation", status=Status.RUNNING)
    await LivePage(ada, conversation_id).apply(tab, Batch(snapshot=snapshot, reasoning="hm, "))
    assert text.r1 == "hm, "


async def test_a_silent_answer_says_since_when_until_more_of_it_comes(
    ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = new_tab()
    wait = await tab.get_state(WaitState)
    page = await thinking(tab, ada, "")
    heard, times = Batch(text="Let me see. "), [1_000]
    monkeypatch.setattr(live_page, "milliseconds_now", lambda: times[-1])
    assert page.has_news(heard)
    await page.apply(tab, heard)
    times.append(1_000 + round(QUIET_SECONDS * 1_000))
    assert page.has_news(Batch())
    await page.apply(tab, Batch())
    assert wait.quiet_since == 1_000
    assert not page.has_news(Batch())
    times.append(60_000)
    assert page.has_news(heard)
    await page.apply(tab, heard)
    assert wait.quiet_since == 0


@pytest.mark.parametrize(("text_at", "quiet_since"), [(datetime.fromtimestamp(100, UTC), 100_000), (None, 40_000)])
async def test_a_page_opened_in_a_silence_counts_from_the_last_text(
    ada: Principal, text_at: datetime | None, quiet_since: int
) -> None:
    tab = new_tab()
    began_at = datetime.fromtimestamp(40, UTC)
    snapshot = Answer("message", "generation", Status.RUNNING, "Let me see. ", began_at=began_at, text_at=text_at)
    page = LivePage(ada, "conversation")
    await page.apply(tab, Batch(snapshot=snapshot))
    assert (await tab.get_state(WaitState)).quiet_since == quiet_since
    await page.apply(tab, Batch(snapshot=snapshot, text="There. "))
    assert (await tab.get_state(WaitState)).quiet_since == 0


async def thinking(tab: rx.State, principal: Principal, known: str) -> LivePage:
    """A page whose answer is being reasoned about, as far as `known`."""
    (await tab.get_state(LiveState)).message = MessageView(id="answer")
    page = LivePage(principal, "conversation")
    await page.apply(tab, Batch(snapshot=reasoned(known)))
    return page


def reasoned(reasoning: str) -> Answer:
    """The answer as the database has it while its reasoning goes on."""
    return Answer("answer", "generation", status=Status.RUNNING, reasoning=reasoning)


async def test_text_that_was_reasoning_leaves_the_row(ada: Principal) -> None:
    tab = new_tab()
    page = await thinking(tab, ada, "")
    await page.apply(tab, Batch(text="Let me see. "))
    live = await tab.get_state(LiveState)
    assert (await shown_text(tab), live.has_text) == ("Let me see. ", True)
    await page.apply(tab, Batch(snapshot=reasoned("Let me see. ")))
    assert (await shown_text(tab), live.has_text, live.message.has_reasoning) == ("", False, True)
    await page.apply(tab, Batch(text="It is 144."))
    assert (await shown_text(tab), live.has_text) == ("It is 144.", True)


async def unfold(tab: rx.State, stored: str) -> ReasoningTextState:
    """Unfold the reasoning of the live row, of which the database has `stored`; returns what is shown."""
    text = await tab.get_state(ReasoningTextState)
    (await tab.get_state(ReasoningState)).open_id = (await tab.get_state(LiveState)).message.id
    text.r0, text.r1 = stored, ""
    return text


@pytest.mark.parametrize("stored", ["", "a b ", "a b c d ", "a b c d e "])
async def test_reasoning_is_whole_wherever_the_database_was_when_it_was_unfolded(ada: Principal, stored: str) -> None:
    tab = new_tab()
    page = await thinking(tab, ada, "a b c d ")
    text = await unfold(tab, stored)
    await page.apply(tab, Batch(reasoning="e "))
    assert text.r0 + text.r1 == "a b c d e "
    await page.apply(tab, Batch(reasoning="f "))
    assert text.r0 + text.r1 == "a b c d e f "
    assert text.r0 == stored, "what was sent is not sent again"


async def test_reasoning_that_was_unfolded_behind_its_last_piece_is_completed_by_the_text(ada: Principal) -> None:
    tab = new_tab()
    page = await thinking(tab, ada, "a b c d ")
    text = await unfold(tab, "a b ")
    await page.apply(tab, Batch(text="The answer"))
    assert text.r0 + text.r1 == "a b c d "


async def test_reasoning_that_is_unfolded_is_shown_once_after_a_reload(ada: Principal) -> None:
    tab = new_tab()
    page = await thinking(tab, ada, "a b ")
    text = await unfold(tab, "a b ")
    await page.apply(tab, Batch(reasoning="c d "))
    for reasoning in ("c d ", "c d e "):
        await LivePage(ada, page.conversation_id).apply(tab, Batch(snapshot=reasoned("a b "), reasoning=reasoning))
    assert text.r0 + text.r1 == "a b c d e "


async def test_reasoning_that_began_anew_replaces_what_was_shown(ada: Principal) -> None:
    tab = new_tab()
    page = await thinking(tab, ada, "a b c ")
    text = await unfold(tab, "a b c ")
    await page.apply(tab, Batch(snapshot=reasoned("x ")))
    assert text.r0 + text.r1 == "x "


async def test_that_an_answer_is_still_being_written_is_no_longer_said_when_it_has_ended(ada: Principal) -> None:
    tab = new_tab()
    shown = await tab.get_state(ErrorState)
    conversation_id = await send(tab, ada, "count 20 at 200")
    await show_error(tab, Conflict("busy"))
    assert shown.error
    await follow_to_the_end(tab, ada, conversation_id)
    assert shown.error == ""


async def test_other_errors_stay_when_an_answer_ends(ada: Principal) -> None:
    tab = new_tab()
    shown = await tab.get_state(ErrorState)
    conversation_id = await send(tab, ada, "count 20 at 200")
    await show_error(tab, Forbidden())
    await follow_to_the_end(tab, ada, conversation_id)
    assert shown.error == words_of(Forbidden())
