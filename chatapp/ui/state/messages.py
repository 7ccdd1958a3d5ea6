"""What a reader does with messages: earlier ones, another version, another try, the rest of an answer."""

import reflex as rx

from chatapp import words
from chatapp.conversations import service as conversations
from chatapp.generations import service as generations
from chatapp.reading import history
from chatapp.reading.history import History
from chatapp.ui.state import screen
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.models import selected_model
from chatapp.web.arguments import Key
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import clear_error, shows_errors

ALL_MAX_CHARACTERS = 5_000_000
"""Of texts that a page is sent at a time, for printing: some 2,000 sheets of paper."""


class MessagesState(rx.State):
    """Actions only; the page's follower shows what they lead to."""

    @handler
    @shows_errors
    async def regenerate(self, message_id: Key) -> None:
        """Write another version of an answer; the earlier one stays reachable."""
        principal = principal_of(self)
        await generations.regenerate(principal, message_id, await selected_model(self, principal))
        await look_again(self)

    @handler
    @shows_errors
    async def continue_answer(self, message_id: Key) -> None:
        """Go on where an answer ended too early."""
        principal = principal_of(self)
        await selected_model(self, principal)
        await generations.continue_answer(principal, message_id)
        await look_again(self)

    @handler
    @shows_errors
    async def select_version(self, message_id: Key) -> None:
        """Show another version of a message, and what followed it."""
        await conversations.select_version(principal_of(self), message_id)
        shown = next((entry for entry in (await look_again(self)).entries if entry.id == message_id), None)
        if shown:
            place = shown.versions.index(message_id) + 1
            said = words.SAID_VERSION.format(version=place, versions=len(shown.versions))
            screen.announce(await self.get_state(ConversationState), said)

    @handler
    @shows_errors
    async def load_older(self) -> None:
        """Put the messages before the oldest shown one on top."""
        conversation = await self.get_state(ConversationState)
        shown = screen.shown_rows(conversation)
        if conversation.has_older and shown:
            screen.show_earlier(conversation, await history.get_older(principal_of(self), shown[0].id))
            _announce_earlier(conversation)

    @handler
    @shows_errors
    async def load_all(self) -> None:
        """Put all messages before the oldest shown one on top; of a conversation beyond all measure, the newest."""
        principal, conversation = principal_of(self), await self.get_state(ConversationState)
        characters = 0
        while conversation.has_older and characters < ALL_MAX_CHARACTERS:
            older = await history.get_older(principal, screen.shown_rows(conversation)[0].id)
            screen.show_earlier(conversation, older)
            characters += sum(len(entry.text) for entry in older.entries)
            _announce_earlier(conversation)


async def look_again(state: rx.State) -> History:
    """Show what the open conversation is like now that something was done in it; returns it. Raises NotFound."""
    conversation = await state.get_state(ConversationState)
    await clear_error(state)
    found = await history.get_history(principal_of(state), conversation.conversation_id)
    await screen.show_history(state, found)
    return found


def _announce_earlier(conversation: ConversationState) -> None:
    screen.announce(conversation, words.SAID_EARLIER.format(count=len(screen.shown_rows(conversation))))
