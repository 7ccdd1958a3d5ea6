"""Somebody may send at once what a busy page never does, and then as much as time brings, over any connection."""

import pytest

from chatapp.ui.frame_allowance import (
    BYTES_AT_ONCE,
    BYTES_PER_SECOND,
    CONNECTION_BYTES,
    EVENT_BYTES,
    SENDERS_MAX,
    Allowances,
    FrameAllowance,
)


def test_what_is_used_up_comes_back_with_time_and_not_beyond_the_start() -> None:
    allowance = FrameAllowance()
    assert allowance.take(BYTES_AT_ONCE, 100.0) == 0
    assert allowance.take(BYTES_PER_SECOND, 100.0) == pytest.approx(1)
    assert allowance.take(BYTES_PER_SECOND, 100.0) == pytest.approx(2)
    assert allowance.take(BYTES_PER_SECOND, 103.0) == 0
    assert allowance.take(BYTES_AT_ONCE, 10_000.0) == 0
    assert allowance.take(1, 10_000.0) > 0


def test_a_sender_has_one_allowance_which_is_forgotten_only_when_that_gives_nothing() -> None:
    allowances = Allowances()
    used = allowances.of("ada", 100.0)
    used.take(BYTES_AT_ONCE, 100.0)
    assert allowances.of("ada", 100.0) is used
    for number in range(SENDERS_MAX):
        allowances.of(str(number), 100.0)
    assert allowances.of("ada", 100.0) is used
    for number in range(SENDERS_MAX):
        allowances.of(f"later {number}", 200.0)
    assert allowances.of("ada", 200.0) is not used


def test_ten_tabs_that_are_loaded_three_times_and_a_long_question_wait_for_nothing() -> None:
    allowance = FrameAllowance()
    opening, question = CONNECTION_BYTES + 2 * EVENT_BYTES, EVENT_BYTES + 190_000
    assert [allowance.take(size, 100.0) for size in [*[opening] * 30, question]] == [0] * 31
