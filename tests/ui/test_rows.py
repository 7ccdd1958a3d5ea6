"""The words of rows: pure mapping, looked at without a page."""

from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from chatapp.clock import now
from chatapp.conversations.order.service import Summary
from chatapp.generations.queries import Answer
from chatapp.providers.base import Source
from chatapp.ui.state.rows import announcement, conversation_rows, error_words, links, note
from chatapp.words import WORDS


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


@pytest.mark.parametrize("reason", ["", "stop"])
def test_an_answer_that_is_whole_needs_no_note(reason: str) -> None:
    assert note(Answer("message", "generation", "completed", finish_reason=reason)) == ""


@pytest.mark.parametrize(
    ("reason", "said"),
    [("content_filter", "content filter"), ("sensitive", "sensitive"), ("some <b>other</b>", "some <b>other</b>")],
)
def test_an_answer_that_ended_for_another_reason_names_it(reason: str, said: str) -> None:
    assert said in note(Answer("message", "generation", "completed", finish_reason=reason))


def test_sources_are_a_numbered_list_of_links() -> None:
    found = (
        Source("https://a.example/x", "A title"),
        Source("", "No address"),
        Source("https://b.example/"),
        Source(""),
    )
    assert links(found).splitlines() == [
        "1. [A title](<https://a.example/x>)",
        "2. No address",
        "3. [b\\.example](<https://b.example/>)",
        "4. Source without an address",
    ]


@pytest.mark.parametrize(
    "title", ["](javascript:x)", "<script>x</script>", "**a** `b` $$c$$", "\\", "a & b &lt;", "# h"]
)
def test_a_title_is_never_markup(title: str) -> None:
    (paragraph,) = MarkdownIt().parse(links([Source("https://a.example/", title)]))[3:4]
    assert paragraph.children is not None
    assert [token.type for token in paragraph.children if token.type not in ("text", "text_special")] == [
        "link_open",
        "link_close",
    ]
    assert "".join(token.content for token in paragraph.children) == title


@pytest.mark.parametrize("url", ["https://a.example/>) [x](y", "https://a.example/<b>", "https://a.example/ü\\n"])
def test_an_address_never_ends_its_link(url: str) -> None:
    (paragraph,) = MarkdownIt().parse(links([Source(url, "t")]))[3:4]
    assert [token.type for token in paragraph.children or ()] == ["link_open", "text", "link_close"]


def test_pinned_conversations_have_a_heading_of_their_own_and_the_others_their_day() -> None:
    today = now()
    dated = [Summary(str(days), "", today - timedelta(days=days), is_pinned=days > 5) for days in (9, 7, 0, 0, 1)]
    rows = conversation_rows(dated, today.date(), today)
    assert [row.heading for row in rows] == ["Pinned", "", "Today", "", "Yesterday"]


def test_an_answer_that_did_not_fail_has_no_error() -> None:
    assert error_words(Answer("message", "generation", "completed")) == ""


@pytest.mark.parametrize(("wait_seconds", "said"), [(7, "try again in a moment"), (7_200, "try again in 2 hours")])
def test_a_short_wait_is_left_to_the_button_that_counts_it(wait_seconds: int, said: str) -> None:
    answer = Answer(
        "message",
        "generation",
        "failed",
        error_code="rate_limited",
        error_reason="model_busy",
        error_parameters={"retry_after_seconds": wait_seconds},
        ended_at=now(),
    )
    assert said in error_words(answer).lower()
    assert bool(answer.retry_at) == (wait_seconds == 7)


def test_an_error_that_a_newer_version_has_stored_is_told_in_general() -> None:
    answer = Answer("message", "generation", "failed", error_code="new", error_reason="new", error_parameters={"a": 1})
    assert error_words(answer) == WORDS["error"]
    assert announcement(answer) == f"Error: {WORDS['error']}"
