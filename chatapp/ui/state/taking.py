"""Taking conversations away from the list, one or several, with the offer to bring them back."""

import reflex as rx
from reflex_base.event import EventSpec

from chatapp.accounts.principal import Principal
from chatapp.ui.state import conversation_list, undo
from chatapp.ui.state.sidebar import SidebarState


async def take_away(
    state: rx.State, principal: Principal, kind: undo.Kind, conversation_ids: tuple[str, ...]
) -> EventSpec | None:
    """Offer to undo what has just been done with these conversations, and lead away from one that was open."""
    if not conversation_ids:
        return None
    was_open = (await state.get_state(SidebarState)).current_id in conversation_ids
    await undo.offer(state, undo.Taken(kind, conversation_ids, was_open))
    await conversation_list.refresh(state, principal)
    return rx.redirect("/", replace=True) if was_open else None
