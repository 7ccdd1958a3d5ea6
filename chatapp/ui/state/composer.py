"""What is done at the message box: sending, stopping, keeping what is typed."""

from typing import Annotated, Any, cast

import reflex as rx
from annotated_types import MaxLen
from reflex_base.event import EventSpec
from typing_extensions import TypedDict

from chatapp import words
from chatapp.conversations import drafts
from chatapp.errors import Invalid
from chatapp.generations import asking
from chatapp.generations import service as generations
from chatapp.reading import history
from chatapp.settings import MESSAGE_MAX_CHARACTERS, current
from chatapp.ui.state import screen
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.models import selected_model
from chatapp.ui.state.opening import note_begun, requested_conversation
from chatapp.ui.state.page import PageState
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import clear_error, show_error, shows_errors

MessageText = Annotated[Typed, MaxLen(MESSAGE_MAX_CHARACTERS)]


class Question(TypedDict):
    """The form at the bottom of the page."""

    text: MessageText
    client_message_id: Key


class ComposerState(rx.State):
    """Actions only; the box itself belongs to the browser until it is sent."""

    @handler
    @shows_errors
    async def send(self, form: Question) -> EventSpec | None:
        """Store a question and have it answered, at once or when the answers before it have ended.

        The box is emptied only once the question is stored.
        """
        return await self._post(form["text"], form["client_message_id"]) if form["text"].strip() else None

    @handler
    @shows_errors
    async def use_example(self, text: Key) -> EventSpec | None:
        """Send one of the example questions of an empty conversation."""
        conversation = await self.get_state(ConversationState)
        return await self._post(text, conversation.client_message_id)

    @handler
    async def too_long(self) -> None:
        """The page refused to send: a frame over 1 MB would close the connection."""
        await show_error(self, Invalid("question_not_sent", limit=current().message_max_characters))

    @handler(waits=True)
    async def begin(self, page_load_id: Key) -> None:
        """A page is there whose box this state does not know: it was loaded, or the server was restarted.

        If the state still shows what the tab showed before, the box becomes the conversation's when that is opened.
        Somebody has loaded the page, which counts as use of their login.
        """
        conversation = await self.get_state(ConversationState)
        conversation._unattached_load_id = page_load_id
        if conversation.client_message_id and conversation.conversation_id == requested_conversation(self):
            screen.attach_composer(conversation)

    @handler
    @shows_errors
    async def save_draft(self, text: MessageText, client_message_id: Key, conversation_id: Key) -> None:
        """Keep what is typed, so that a reload does not lose it. What was sent meanwhile is no draft.

        The page names question and conversation: after a restart of the server this state may not know them yet.
        """
        await drafts.save_draft(principal_of(self), conversation_id, text, client_message_id)

    @handler
    @shows_errors
    async def stop(self) -> None:
        """End the answer that is being written; its text stays."""
        conversation = await self.get_state(ConversationState)
        await generations.stop(principal_of(self), conversation.conversation_id)

    async def _post(self, text: str, client_message_id: str) -> EventSpec | None:
        principal = principal_of(self)
        conversation = await self.get_state(ConversationState)
        model = await selected_model(self, principal)
        posted = await asking.post_message(principal, conversation.conversation_id, text, client_message_id, model)
        shown = await history.get_posted(principal, posted)  # else the box keeps the question, which may be sent again
        await clear_error(self)
        conversation.conversation_id = posted.conversation_id
        screen.renew_composer(conversation)
        await screen.show_history(self, shown)
        if posted.is_queued:
            conversation.announcement = words.SAID_QUEUED
        if not posted.is_new:
            return None
        await note_begun(self, posted.conversation_id)
        follow: Any = PageState.watch
        return cast(EventSpec, follow(posted.conversation_id))
