"""The figures as text."""

import pytest

from bench.table import lines_of, note_of, number
from tests.bench.measuring import measured

MEASURED = measured(
    answer=[{"first_text_ms": 40, "frames": 500}, {"first_text_ms": 50, "frames": 510}, {"first_text_ms": 90}],
    crowd=[{"not_completed": 0}],
)


def test_the_table_has_a_line_for_each_figure_and_a_column_for_each_scenario() -> None:
    heading, *lines = lines_of(MEASURED)
    assert heading.split() == ["answer", "crowd"]
    assert [line.split()[-1] for line in lines] == ["50/90", "505", "0"]


def test_columns_are_lined_up_at_their_right_edge() -> None:
    heading, first, frames, crowd = lines_of(MEASURED)
    assert heading.index("answer") + len("answer") == len(first) == len(frames)
    assert len(heading) == len(crowd)


def test_the_note_says_how_many_runs_there_were_and_of_what() -> None:
    assert "1-3 runs" in note_of(MEASURED)
    assert "abc1234" in note_of(MEASURED)


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.123, "0.12"), (12.34, "12.3"), (123.4, "123"), (1234.0, "1,234")]
)
def test_a_number_has_as_many_digits_as_say_something(value: float, words: str) -> None:
    assert number(value) == words
