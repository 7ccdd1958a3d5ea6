"""Filling the sidebar: which rows a person sees, and which of them run or have something new."""

from itertools import chain, repeat
from zoneinfo import ZoneInfo

import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.ui.state import screen
from chatapp.ui.state.older_rows import SLOTS, OlderRowsState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.row_pages import split
from chatapp.ui.state.rows import conversation_rows
from chatapp.ui.state.sidebar import SidebarState


async def refresh(state: rx.State, principal: Principal) -> int:
    """Read the list again and send only what differs; returns how many conversations it has."""
    sidebar, person = await state.get_state(SidebarState), await state.get_state(PersonState)
    older = await state.get_state(OlderRowsState)
    listed = await order.list_shelf(principal, Shelf(sidebar.shelf), sidebar.limit)
    today = now().astimezone(ZoneInfo(person.time_zone or "UTC"))
    shown = [sidebar.rows, *(getattr(older, slot) for slot in SLOTS)]
    first, *others = split(conversation_rows(listed.conversations, today.date(), today), shown, 1 + len(SLOTS))
    screen.assign(older, **dict(zip(SLOTS, chain(others, repeat([])), strict=False)))
    screen.assign(
        sidebar,
        rows=first,
        running_ids=list(listed.running_ids),
        unread_ids=list(listed.unread_ids),
        has_more=listed.has_more,
        loaded=True,
    )
    return len(listed.conversations)
