"""A busy page waits for nothing."""

from chatapp.web.frame_allowance import BYTES_AT_ONCE, CONNECTION_BYTES, EVENT_BYTES, allowances


def test_ten_tabs_that_are_loaded_three_times_and_a_long_question_wait_for_nothing() -> None:
    allowance = allowances().of("ada", 100.0)
    opening, question = CONNECTION_BYTES + 2 * EVENT_BYTES, EVENT_BYTES + 190_000
    assert [allowance.take(size, 100.0) for size in [*[opening] * 30, question]] == [0] * 31


def test_whoever_sends_more_than_that_is_read_more_slowly() -> None:
    allowance = allowances().of("ada", 100.0)
    assert allowance.take(BYTES_AT_ONCE, 100.0) == 0
    assert allowance.take(EVENT_BYTES, 100.0) > 0
