"""A connection may send at once what a busy page never does, and then as much as time brings."""

import pytest

from chatapp.ui.frame_allowance import FRAMES_AT_ONCE, FRAMES_PER_SECOND, FrameAllowance


def test_what_is_used_up_comes_back_with_time_and_not_beyond_the_start() -> None:
    allowance = FrameAllowance()
    assert not any(allowance.take(100.0) for _ in range(FRAMES_AT_ONCE))
    assert allowance.take(100.0) == pytest.approx(1 / FRAMES_PER_SECOND)
    assert allowance.take(100.0) == pytest.approx(2 / FRAMES_PER_SECOND)
    assert not any(allowance.take(103.0) for _ in range(2 * FRAMES_PER_SECOND))
    assert not any(allowance.take(10_000.0) for _ in range(FRAMES_AT_ONCE))
    assert allowance.take(10_000.0)
