"""What is done with the messages that wait, in the list above the message box."""

import reflex as rx
from typing_extensions import TypedDict

from chatapp.generations.message_queue import service as message_queue
from chatapp.ui.state import undo
from chatapp.ui.state.composer import MessageText
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.messages import look_again
from chatapp.ui.state.undo import Kind, Taken
from chatapp.web.arguments import Key
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors


class QueuedText(TypedDict):
    """What the box of a message that waits sends."""

    message_id: Key
    text: MessageText


class QueueActions(rx.State):
    """Actions only; the rows are ConversationState's."""

    @handler
    @shows_errors
    async def edit(self, message_id: Key) -> None:
        """Put a box in the place of a message, which is not sent meanwhile."""
        await message_queue.begin_edit(principal_of(self), await self._open_id(), message_id)
        await look_again(self)

    @handler
    @shows_errors
    async def keep(self, conversation_id: Key, message_id: Key, text: MessageText) -> None:
        """Keep what is typed in that box, so that a reload does not lose it. It comes late: another may be open now."""
        await message_queue.keep_edit(principal_of(self), conversation_id, message_id, text)

    @handler
    @shows_errors
    async def save(self, form: QueuedText) -> None:
        """Give the message the text in its box."""
        await message_queue.save(principal_of(self), await self._open_id(), form["message_id"], form["text"])
        await look_again(self)

    @handler
    @shows_errors
    async def cancel(self, message_id: Key) -> None:
        """Take the box away, and leave the message as it was."""
        await message_queue.cancel_edit(principal_of(self), await self._open_id(), message_id)
        await look_again(self)

    @handler
    @shows_errors
    async def move(self, message_id: Key, place: int) -> None:
        """Put a message at another place, counted from 0."""
        await message_queue.move(principal_of(self), await self._open_id(), message_id, place)
        await look_again(self)

    @handler
    @shows_errors
    async def remove(self, message_id: Key) -> None:
        """Do not send a message, and offer to undo that."""
        conversation_id = await self._open_id()
        await message_queue.remove(principal_of(self), conversation_id, message_id)
        await undo.offer(self, Taken(Kind.UNQUEUED, (conversation_id, message_id)))
        await look_again(self)

    @handler
    @shows_errors
    async def send_now(self, message_id: Key) -> None:
        """Stop the answer that is being written, and send this message first."""
        await message_queue.send_now(principal_of(self), await self._open_id(), message_id)
        await look_again(self)

    @handler
    @shows_errors
    async def go_on(self) -> None:
        """Send what waits first, after a stop or a failure."""
        await message_queue.go_on(principal_of(self), await self._open_id())
        await look_again(self)

    async def _open_id(self) -> str:
        return (await self.get_state(ConversationState)).conversation_id
