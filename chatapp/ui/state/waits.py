"""What the page needs to count how long something takes: the server's time, and since when an answer says nothing."""

import reflex as rx

from chatapp.clock import now
from chatapp.ui.state.message_view import milliseconds

QUIET_SECONDS = 4.5
"""How long an answer may be silent before the page says so; models stop for a second or two now and then. A little less
than the longest silence between two batches of a follower, with which the page is told."""


class WaitState(rx.State):
    """Moments of the server's clock in milliseconds since 1970.

    `server_time` is when this was sent to the page that connected last; `quiet_since` when the last text of an answer
    came that has said nothing for QUIET_SECONDS, else 0.
    """

    server_time: int = 0
    quiet_since: int = 0


def milliseconds_now() -> int:
    """The server's time, in milliseconds since 1970."""
    return milliseconds(now())


async def tell_time(state: rx.State) -> None:
    """Have the page that connects know the server's time."""
    (await state.get_state(WaitState)).server_time = milliseconds_now()
