"""The reasoning that a reader has unfolded. It is sent only while it is open: most readers never look."""

import reflex as rx

from chatapp.reading import history
from chatapp.ui.text.accents import without_towers
from chatapp.web.arguments import Key
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors


class ReasoningState(rx.State):
    """Which message's reasoning is open; at most one is."""

    open_id: str = ""

    @handler
    @shows_errors
    async def toggle(self, message_id: Key) -> None:
        """Unfold the reasoning of a message, or fold it again."""
        text = await self.get_state(ReasoningTextState)
        text.r0, text.r1 = "", ""
        if message_id == self.open_id:
            self.open_id = ""
            return
        answer = await history.get_answer(principal_of(self), message_id)
        self.open_id, text.r0 = message_id, without_towers(answer.reasoning)


class ReasoningTextState(rx.State):
    """The open reasoning: `r0` moves rarely, `r1` takes what is new."""

    r0: str = ""
    r1: str = ""
