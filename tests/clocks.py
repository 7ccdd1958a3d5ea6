"""Clocks that were set wrong, to put in the place of the app's own."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self


def clock_that_is_off(by: timedelta) -> type[datetime]:
    """What `chatapp.clock.datetime` is on a machine whose clock is off by so much."""

    class WrongClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = UTC) -> Self:
            return super().now(tz) + by

    return WrongClock
