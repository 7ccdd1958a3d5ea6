"""What a reader does with messages: earlier ones, another version, another try, the rest of an answer."""

import reflex as rx

from chatapp.conversations import history
from chatapp.conversations import service as conversations
from chatapp.generations import service as generations
from chatapp.ui.guard import current_principal
from chatapp.ui.state import screen
from chatapp.ui.state.boundary import shows_errors, text_argument
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.models import ModelsState


class MessagesState(rx.State):
    """Actions only; the page's follower shows what they lead to."""

    @rx.event
    @shows_errors
    async def regenerate(self, message_id: str):
        """Write another version of an answer; the earlier one stays reachable."""
        principal, models = await current_principal(self), await self.get_state(ModelsState)
        await generations.regenerate(principal, text_argument(message_id), models.selected)
        await self._refresh()

    @rx.event
    @shows_errors
    async def continue_answer(self, message_id: str):
        """Go on where an answer ended too early."""
        await generations.continue_answer(await current_principal(self), text_argument(message_id))
        await self._refresh()

    @rx.event
    @shows_errors
    async def select_version(self, message_id: str):
        """Show another version of a message, and what followed it."""
        await conversations.select_version(await current_principal(self), text_argument(message_id))
        await self._refresh()

    @rx.event
    @shows_errors
    async def load_older(self):
        """Put the messages before the oldest shown one on top."""
        conversation = await self.get_state(ConversationState)
        shown = screen.shown_rows(conversation)
        if conversation.has_older and shown:
            screen.show_earlier(conversation, await history.get_older(await current_principal(self), shown[0].id))

    async def _refresh(self) -> None:
        conversation = await self.get_state(ConversationState)
        conversation.error = ""
        found = await history.get_history(await current_principal(self), conversation.conversation_id)
        await screen.show_history(self, found)
