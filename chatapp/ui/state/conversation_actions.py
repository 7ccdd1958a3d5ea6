"""What is done from the sidebar with a conversation: rename, delete, undo."""

from typing import Annotated

import reflex as rx
from annotated_types import MaxLen
from reflex_base.event import EventSpec
from typing_extensions import TypedDict

from chatapp.conversations import service as conversations
from chatapp.generations import service as generations
from chatapp.ui.state import conversation_list
from chatapp.ui.state.sidebar import PAGE_ROWS, SidebarState
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

UNDO_SECONDS = 10
"""How long the toast stays while nobody is at it. The server keeps what was deleted for longer
(CHATAPP_UNDO_SECONDS)."""


TITLE_BOX_CHARACTERS = 200
"""How much can be typed as a title. It is stored shorter."""


class Title(TypedDict):
    """What the box of a title sends."""

    conversation_id: Key
    title: Annotated[Typed, MaxLen(TITLE_BOX_CHARACTERS)]


class ConversationActions(rx.State):
    """Actions only; the rows are SidebarState's."""

    @handler
    @shows_errors
    async def load_more(self) -> None:
        """Show older conversations too."""
        (await self.get_state(SidebarState)).limit += PAGE_ROWS
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def rename(self, form: Title) -> None:
        """Give a conversation another title. The page shows it already, until this has an outcome."""
        (await self.get_state(SidebarState)).renames += 1
        await conversations.rename(principal_of(self), form["conversation_id"], form["title"])
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def delete(self, conversation_id: Key) -> EventSpec | None:
        """Delete a conversation, and offer to undo that."""
        principal, sidebar = principal_of(self), await self.get_state(SidebarState)
        await generations.delete_conversation(principal, conversation_id)
        sidebar.deleted_id, sidebar._deleted_open = conversation_id, conversation_id == sidebar.current_id
        await conversation_list.refresh(self, principal)
        return rx.redirect("/", replace=True) if sidebar._deleted_open else None

    @handler
    @shows_errors
    async def undo(self) -> EventSpec | None:
        """Bring back what was deleted last, also to the view, unless the person has gone elsewhere since."""
        sidebar = await self.get_state(SidebarState)
        principal, conversation_id = principal_of(self), sidebar.deleted_id
        sidebar.deleted_id = ""
        if not conversation_id:
            return None
        await conversations.undo_delete(principal, conversation_id)
        await conversation_list.refresh(self, principal)
        return rx.redirect(f"/c/{conversation_id}") if sidebar._deleted_open and not sidebar.current_id else None

    @handler(automatic=True, waits=False)
    async def forget_undo(self, conversation_id: Key) -> None:
        """The time of the toast is over, unless another deletion has replaced it."""
        sidebar = await self.get_state(SidebarState)
        if sidebar.deleted_id == conversation_id:
            sidebar.deleted_id = ""
