"""The answer that is being written, or that ended during this visit and is the last message.

The growing text lives in s0, s1 and s2 (and SealedState); everything else here changes only when an answer starts or
ends. Components that read any of these run again with each flush, so nothing else may live here.
"""

import reflex as rx

from chatapp.ui.state.message_view import MessageView


class LiveState(rx.State):
    """Written by the page's follower alone, but for the row that a send puts up at once.

    `message` is what a finished row has too, without its text; its id is "" while there is no live row.
    """

    message: MessageView = MessageView()
    s0: str = ""
    s1: str = ""
    s2: str = ""
    has_text: bool = False
