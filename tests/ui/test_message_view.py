"""A message as a row has it, finished or live, looked at without a page."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from chatapp.accounts.principal import Principal
from chatapp.conversations.queries import PathMessage
from chatapp.generations.queries import Answer
from chatapp.models import Role, Status
from chatapp.reading import history
from chatapp.reading.history import Entry
from chatapp.ui.components.live_message import live_message
from chatapp.ui.state.message_view import MessageView, live_view, message_view
from tests.generations.conversing import ask, ended

FORMULA = r"It is \(x\)."


def question(text: str) -> Entry:
    """A question with these words."""
    return Entry(PathMessage("q", None, Role.USER, text), ("q",), None)


def answered(text: str, status: str = Status.COMPLETED, versions: tuple[str, ...] = ("a",)) -> Entry:
    """An answer with this text, as far as it is stored."""
    answer = Answer("a", "generation", status=status, text=text, reasoning="hm")
    return Entry(PathMessage("a", "q", Role.ASSISTANT, ""), versions, answer)


async def last_view(principal: Principal, question: str) -> MessageView:
    """The answer to this question as a row has it, read from the database."""
    posted = await ask(principal, question)
    await ended(principal, posted.conversation_id)
    return message_view((await history.get_history(principal, posted.conversation_id)).entries[-1])


def shown_in_the_live_row(field: str) -> bool:
    """Whether the live row as it is compiled reads this field."""
    return f'["{field}"]' in str(live_message().render())


async def test_what_the_database_has_of_an_answer_reaches_its_row(ada: Principal) -> None:
    view = await last_view(ada, "count 3")
    assert (view.role, view.text, view.status, view.is_active) == ("assistant", "1 2 3", "completed", False)


@pytest.mark.parametrize(
    "field", ["status", "error", "note", "sources", "later_id", "has_reasoning", "thought_seconds"]
)
def test_the_live_row_shows_what_is_said_of_a_message(field: str) -> None:
    assert shown_in_the_live_row(field)


async def test_an_answer_says_for_how_long_it_was_thought_about(ada: Principal) -> None:
    thought, plain = await last_view(ada, "reasoning"), await last_view(ada, "count 3")
    assert thought.has_reasoning
    assert 1 <= thought.thought_seconds < 30
    assert plain.thought_seconds == 0


def test_a_question_is_shown_as_it_was_typed_and_offers_nothing_that_answers_offer() -> None:
    assert message_view(question(FORMULA), is_last=True) == MessageView(
        id="q", role="user", status="completed", text=FORMULA
    )


def test_an_answer_whose_other_version_has_later_messages_says_which() -> None:
    view = message_view(replace(answered("x", versions=("b", "c", "a")), continued_id="c"))
    assert (view.later_id, view.later_version) == ("c", 2)


def test_a_text_that_is_shown_otherwise_than_stored_is_copied_as_it_is_stored() -> None:
    shown, plain = message_view(answered(FORMULA)), message_view(answered("plain"))
    assert "$$" in shown.text
    assert (shown.raw, plain.raw) == (FORMULA, "")


@pytest.mark.parametrize(
    ("versions", "place"),
    [(("a",), (1, 1, "", "")), (("x", "a", "y"), (2, 3, "x", "y")), (("x", "a"), (2, 2, "x", ""))],
)
def test_a_version_knows_its_neighbours(versions: tuple[str, ...], place: tuple[int, int, str, str]) -> None:
    view = message_view(answered("1", versions=versions))
    assert (view.version, view.versions, view.previous_id, view.next_id) == place


def test_only_an_active_answer_counts_how_long_it_takes() -> None:
    asked_at = datetime(2026, 1, 2, tzinfo=UTC)
    views = [
        message_view(replace(entry, answer=replace(entry.answer, began_at=asked_at)))
        for entry in (answered("", Status.QUEUED), answered("1", Status.RUNNING), answered("1"))
        if entry.answer
    ]
    assert [view.began_at for view in views] == [1_767_312_000_000, 1_767_312_000_000, 0]


def test_only_the_last_answer_of_a_conversation_can_be_continued() -> None:
    stopped = answered("half of", Status.STOPPED)
    assert [message_view(stopped, is_last=is_last).can_continue for is_last in (True, False)] == [True, False]


def test_a_live_row_is_the_finished_one_without_its_text() -> None:
    finished, live = message_view(answered(FORMULA), is_last=True), live_view(answered(FORMULA))
    assert {
        field.name for field in fields(MessageView) if getattr(finished, field.name) != getattr(live, field.name)
    } == {"text"}


@pytest.mark.parametrize(("status", "shown"), [(Status.QUEUED, "queued"), (Status.RUNNING, "streaming")])
def test_a_live_row_of_a_running_answer_has_nothing_to_copy_yet(status: str, shown: str) -> None:
    live = live_view(answered(FORMULA, status))
    assert (live.status, live.is_active, live.raw, live.has_reasoning) == (shown, True, "", True)
