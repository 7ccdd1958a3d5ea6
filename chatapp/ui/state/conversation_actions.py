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
from chatapp.ui.state.row_pages import OLDER_ROWS
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.taking import take_away
from chatapp.ui.state.undo import Kind, UndoState
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

UNDO_SECONDS = 10
"""How long the toast stays while nobody is at it. The server keeps what was deleted for longer
(CHATAPP_TRASH_DAYS)."""


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
        (await self.get_state(SidebarState)).limit += OLDER_ROWS
        count = await conversation_list.refresh(self, principal_of(self))
        await self._announce(words.SAID_MORE_CHATS.format(count=count))

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
        deleted = await generations.delete_conversations(principal_of(self), [conversation_id])
        return await take_away(self, principal_of(self), Kind.DELETED, deleted)

    @handler
    @shows_errors
    async def undo(self) -> EventSpec | None:
        """Bring back what was taken away last, also to the view, unless the person has gone elsewhere since."""
        taken = await undo.bring_back(self, principal_of(self))
        if taken is None:
            return None
        await conversation_list.refresh(self, principal_of(self))
        await self._announce(words.SAID_RESTORED)
        is_elsewhere = bool((await self.get_state(SidebarState)).current_id)
        leads_back = taken.was_open and len(taken.ids) == 1 and not is_elsewhere
        return rx.redirect(f"/c/{taken.ids[0]}") if leads_back else None

    @handler(automatic=True, waits=False)
    async def forget_undo(self, key: Key) -> None:
        """The time of the toast is over, unless another one has replaced it."""
        offered = await self.get_state(UndoState)
        if offered.key == key:
            offered.key = ""

    async def _announce(self, said: str) -> None:
        screen.announce(await self.get_state(ConversationState), said)
