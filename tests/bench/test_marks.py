"""Delays told from what the end of the page read, and from the numbers in frames."""

import pytest

from bench.marks import Pace, counted_delays_ms, shown_delays_ms, shows_all
from chatapp.demo_model.long_answer import long_answer

PACE = Pace(first_part_at=100.0, rate=10)
WORDS = ["Once", " upon", " a", " **time**", " there", " was", " a", " small", " harbour", "."]


def test_each_number_is_late_by_the_time_since_the_model_sent_it() -> None:
    delays = list(counted_delays_ms([(100.05, 1), (100.25, 3)], PACE))
    assert delays == pytest.approx([50, 150, 50])


def test_a_number_that_came_before_counts_once_when_it_comes_again() -> None:
    assert len(list(counted_delays_ms([(101.0, 3), (102.0, 2), (103.0, 4)], PACE))) == 4


def test_each_part_is_late_by_the_time_since_the_model_sent_it() -> None:
    marks = [(100.02, "Once"), (100.35, "Once upon a time")]
    assert list(shown_delays_ms(marks, WORDS, PACE)) == pytest.approx([20, 250, 150, 50])


def test_nothing_is_said_of_parts_around_an_end_that_is_not_in_the_source() -> None:
    marks = [(100.02, "Once"), (100.35, "a formula"), (100.75, "a time there was a small"), (100.9, "a small harbour.")]
    assert list(shown_delays_ms(marks, WORDS, PACE)) == pytest.approx([20, 100])


def test_words_that_come_again_are_found_no_further_than_the_model_was() -> None:
    parts = ["round and ", "round and ", "round and ", "round and "]
    marks = [(100.0, "round and"), (100.12, "round and round and")]
    assert list(shown_delays_ms(marks, parts, PACE)) == pytest.approx([0, 20])


def test_a_long_answer_that_is_shown_at_once_is_never_late() -> None:
    parts = list(long_answer(500))
    marks = [(PACE.sent_at(end - 1), "".join(parts[:end])[-80:]) for end in range(1, 501)]
    delays = list(shown_delays_ms(marks, parts, PACE))
    assert len(delays) > 300
    assert max(delays) == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize(("tail", "whole"), [("a small harbour.", True), ("there was a small", False)])
def test_a_page_shows_all_when_it_ends_as_the_answer_does(tail: str, whole: bool) -> None:
    assert shows_all(tail, WORDS) is whole
