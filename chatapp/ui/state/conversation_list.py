"""Filling the sidebar: which rows a person sees, and which of them run or have something new."""

from zoneinfo import ZoneInfo

import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import service as conversations
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.rows import conversation_rows
from chatapp.ui.state.sidebar import SidebarState


async def refresh(state: rx.State, principal: Principal) -> None:
    """Read the list again and send only what differs."""
    sidebar, person = await state.get_state(SidebarState), await state.get_state(PersonState)
    recent = await conversations.list_recent(principal, sidebar.limit)
    running = list(recent.running_ids)
    today = now().astimezone(ZoneInfo(person.time_zone or "UTC"))
    rows = conversation_rows(recent.conversations, today.date(), today)
    ended = set(sidebar.running_ids) - set(running) - {sidebar.current_id}
    unread = sorted((set(sidebar.unread_ids) | ended) - {sidebar.current_id})
    for name, value in {
        "rows": rows,
        "running_ids": running,
        "unread_ids": unread,
        "has_more": recent.has_more,
        "loaded": True,
    }.items():
        if getattr(sidebar, name) != value:
            setattr(sidebar, name, value)
