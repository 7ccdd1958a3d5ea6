"""What the page is sent of the messages that wait, which is all of them whenever one changes."""

from chatapp.generations.message_queue.queries import Queued
from chatapp.ui.state.queued_rows import SHOWN_CHARACTERS, QueuedRow, queued_rows
from chatapp.ui.text.accents import ACCENTS_MAX


def test_of_a_long_message_that_waits_the_page_is_sent_the_beginning() -> None:
    (row,) = queued_rows([Queued("1", "x" * 200_000, None)])
    assert row == QueuedRow("1", "x" * SHOWN_CHARACTERS)


def test_of_a_message_that_is_being_changed_the_page_is_sent_all_that_was_typed() -> None:
    rows = queued_rows([Queued("1", "before", "y" * 1_000), Queued("2", "before", "")])
    assert rows == [QueuedRow("1", "y" * 1_000, is_edited=True), QueuedRow("2", "", is_edited=True)]


def test_marks_that_would_be_stacked_over_the_page_are_not_shown_in_the_list() -> None:
    (row,) = queued_rows([Queued("1", "a" + "\u0301" * 200, None)])
    assert len(row.text) == 1 + ACCENTS_MAX
