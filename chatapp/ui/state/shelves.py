"""Keeping conversations in order from the sidebar: pins, archive, trash, and what was seen."""

from contextlib import suppress
from typing import Literal

import reflex as rx
from reflex_base.event import EventSpec

from chatapp.conversations.order import service as order
from chatapp.errors import NotFound
from chatapp.ui.state import conversation_list, screen, undo
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.row_pages import PAGE_ROWS
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.taking import take_away
from chatapp.web.arguments import Key
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

ShelfName = Literal["chats", "archive", "trash"]


class ShelfActions(rx.State):
    """Actions only; the rows are SidebarState's."""

    @handler
    @shows_errors
    async def open_shelf(self, shelf: ShelfName) -> None:
        """Have the sidebar list what stands there."""
        sidebar = await self.get_state(SidebarState)
        sidebar.shelf, sidebar.limit, sidebar.rows, sidebar.loaded = shelf, PAGE_ROWS, [], False
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def pin(self, conversation_id: Key, is_pinned: bool) -> None:
        """Keep a conversation at the top of the list, or no longer."""
        await order.set_pinned(principal_of(self), [conversation_id], is_pinned=is_pinned)
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def archive(self, conversation_id: Key) -> EventSpec | None:
        """Put a conversation away, and offer to undo that."""
        moved = await order.set_archived(principal_of(self), [conversation_id], is_archived=True)
        return await take_away(self, principal_of(self), undo.Kind.ARCHIVED, moved)

    @handler
    @shows_errors
    async def unarchive(self, conversation_id: Key) -> None:
        """Put a conversation back among the others."""
        await order.set_archived(principal_of(self), [conversation_id], is_archived=False)
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def restore(self, conversation_id: Key) -> None:
        """Take a conversation out of the trash."""
        await order.restore(principal_of(self), [conversation_id])
        await conversation_list.refresh(self, principal_of(self))

    @handler
    @shows_errors
    async def delete_for_good(self, conversation_id: Key) -> None:
        """Take a conversation out of the database. The page has asked whether that is meant."""
        await order.delete_for_good(principal_of(self), [conversation_id])
        await conversation_list.refresh(self, principal_of(self))

    @handler(automatic=True, waits=False)
    @shows_errors
    async def mark_seen(self, conversation_id: Key) -> None:
        """The page shows the newest answer of a conversation to somebody. Sidebars hear of it by a notice."""
        with suppress(NotFound):  # deleted a moment ago
            await order.mark_seen(principal_of(self), conversation_id)
        conversation = await self.get_state(ConversationState)
        if conversation.conversation_id == conversation_id:
            screen.assign(conversation, is_unread=False)
