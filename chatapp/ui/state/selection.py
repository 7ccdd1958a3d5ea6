"""What is done with several conversations at once. Which are selected, the page alone knows until then."""

from typing import Annotated

import reflex as rx
from annotated_types import MaxLen
from reflex_base.event import EventSpec

from chatapp.conversations.order import service as order
from chatapp.generations import service as generations
from chatapp.ui.state import conversation_list, undo
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.taking import take_away
from chatapp.web.arguments import Printable
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

Selected = Annotated[Printable, MaxLen(200_000)]
"""Ids with spaces between them, some 5,000: of a long frame, only a text is taken."""


class SelectionActions(rx.State):
    """Actions only; the rows are SidebarState's."""

    @handler
    @shows_errors
    async def archive(self, conversation_ids: Selected) -> EventSpec | None:
        """Put conversations away, and offer to undo that."""
        moved = await order.set_archived(principal_of(self), conversation_ids.split(), is_archived=True)
        return await take_away(self, principal_of(self), undo.Kind.ARCHIVED, moved)

    @handler
    @shows_errors
    async def delete(self, conversation_ids: Selected) -> EventSpec | None:
        """Delete conversations, and offer to undo that."""
        deleted = await generations.delete_conversations(principal_of(self), conversation_ids.split())
        return await take_away(self, principal_of(self), undo.Kind.DELETED, deleted)

    @handler
    @shows_errors
    async def bring_back(self, conversation_ids: Selected) -> None:
        """Put conversations back from the archive, or from the trash, whichever is listed."""
        ids = conversation_ids.split()
        if (await self.get_state(SidebarState)).shelf == "trash":
            await order.restore(principal_of(self), ids)
        else:
            await order.set_archived(principal_of(self), ids, is_archived=False)
        await conversation_list.refresh(self, principal_of(self))
