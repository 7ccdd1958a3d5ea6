"""The answer that is being written, or that ended during this visit and is the last message.

The growing text lives in s0, s1 and s2 (and SealedState); everything else here changes only when an answer starts or
ends. Components that read any of these run again with each flush, so nothing else may live here.
"""

import reflex as rx


class LiveState(rx.State):
    """Written by the page's follower alone, but for the row that a send puts up at once."""

    message_id: str = ""
    status: str = ""
    s0: str = ""
    s1: str = ""
    s2: str = ""
    raw: str = ""
    error: str = ""
    note: str = ""
    sources: str = ""
    version: int = 1
    versions: int = 1
    previous_id: str = ""
    next_id: str = ""
    has_text: bool = False
    has_reasoning: bool = False
    can_continue: bool = False
    is_active: bool = False
