"""The words of rows: pure mapping, looked at without a page."""

import pytest

from chatapp.generations.queries import Answer
from chatapp.ui.state.rows import note


@pytest.mark.parametrize(
    ("omitted", "words"),
    [
        (0, ""),
        (1, "The oldest message did not fit into the model's context window and was left out."),
        (12, "The 12 oldest messages did not fit into the model's context window and were left out."),
    ],
)
def test_a_reader_is_told_how_many_messages_the_model_was_not_given(omitted: int, words: str) -> None:
    assert note(Answer("message", "generation", "completed", omitted_messages=omitted)) == words
