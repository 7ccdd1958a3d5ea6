"""What is done from the sidebar with a conversation: rename, delete, undo."""

from typing import Annotated

import reflex as rx
from annotated_types import MaxLen
from reflex_base.event import EventSpec
from typing_extensions import TypedDict

from chatapp import words
from chatapp.conversations import service as conversations
from chatapp.generations import service as generations
from chatapp.ui.state import conversation_list, screen, undo
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.sidebar import PAGE_ROWS, SidebarState
from chatapp.ui.state.undo import Kind, Taken, UndoState
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

UNDO_SECONDS = 10
"""How long the toast stays while nobody is at it. The server keeps what was deleted for longer
(CHATAPP_UNDO_SECONDS)."""


TITLE_BOX_CHARACTERS = 200
"""How much can be typed as a title. It is stored shorter."""


RENAMED_KEPT = 10
"""More than anybody types while the page has no connection, and few enough to send each time."""


class Title(TypedDict):
    """What was typed as a title, and how the page names that, which may send it more than once."""

    conversation_id: Key
    title: Annotated[Typed, MaxLen(TITLE_BOX_CHARACTERS)]
    title_id: Key


class ConversationActions(rx.State):
    """Actions only; the rows are SidebarState's."""

    @handler
    @shows_errors
    async def load_more(self) -> None:
        """Show older conversations too."""
        sidebar = await self.get_state(SidebarState)
        sidebar.limit += PAGE_ROWS
        await conversation_list.refresh(self, principal_of(self))
        await self._announce(words.SAID_MORE_CHATS.format(count=len(sidebar.rows)))

    @handler
    @shows_errors
    async def rename(self, form: Title) -> None:
        """Give a conversation another title. The page shows it already, until this has an outcome."""
        sidebar = await self.get_state(SidebarState)
        if form["title_id"] in sidebar.renamed:
            return
        sidebar.renamed = [*sidebar.renamed, form["title_id"]][-RENAMED_KEPT:]
        await conversations.rename(principal_of(self), form["conversation_id"], form["title"])
        await conversation_list.refresh(self, principal_of(self))
        await self._announce(words.SAID_RENAMED)

    @handler
    @shows_errors
    async def delete(self, conversation_id: Key) -> EventSpec | None:
        """Delete a conversation, and offer to undo that."""
        principal, sidebar = principal_of(self), await self.get_state(SidebarState)
        await generations.delete_conversation(principal, conversation_id)
        was_open = conversation_id == sidebar.current_id
        await undo.offer(self, Taken(Kind.DELETED, (conversation_id,), was_open))
        await conversation_list.refresh(self, principal)
        return rx.redirect("/", replace=True) if was_open else None

    @handler
    @shows_errors
    async def undo(self) -> EventSpec | None:
        """Bring back what was taken away last, also to the view, unless the person has gone elsewhere since."""
        principal, sidebar = principal_of(self), await self.get_state(SidebarState)
        taken = await undo.bring_back(self, principal)
        await conversation_list.refresh(self, principal)
        if taken:
            await self._announce(words.SAID_RESTORED)
        leads_back = taken is not None and taken.was_open and not sidebar.current_id
        return rx.redirect(f"/c/{taken.ids[0]}") if taken and leads_back else None

    @handler(automatic=True, waits=False)
    async def forget_undo(self, key: Key) -> None:
        """The time of the toast is over, unless another one has replaced it."""
        offered = await self.get_state(UndoState)
        if offered.key == key:
            offered.key = ""

    async def _announce(self, said: str) -> None:
        screen.announce(await self.get_state(ConversationState), said)
