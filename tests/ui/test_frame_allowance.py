"""A connection may send at once what a busy page never does, and then as much as time brings."""

from chatapp.ui.frame_allowance import FRAMES_A_SECOND, FRAMES_AT_ONCE, FrameAllowance


def test_what_is_used_up_comes_back_with_time_and_not_beyond_the_start() -> None:
    allowance = FrameAllowance()
    assert [allowance.take(100.0) for _ in range(FRAMES_AT_ONCE + 1)] == [True] * FRAMES_AT_ONCE + [False]
    assert sum(allowance.take(102.0) for _ in range(FRAMES_AT_ONCE)) == 2 * FRAMES_A_SECOND - 1
    assert sum(allowance.take(10_000.0) for _ in range(2 * FRAMES_AT_ONCE)) == FRAMES_AT_ONCE
