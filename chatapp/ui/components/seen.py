"""Telling the server that an answer was on a screen, so that it is new on no other device: `ui/javascript/seen.js`."""

import reflex as rx

from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.shelves import ShelfActions


class _WhenSeen(rx.Component):
    library = "$/utils/seen.js"
    tag = "WhenSeen"

    on_seen: rx.EventHandler[rx.event.no_args_event_spec]


@rx.memo
def seen_answer() -> rx.Component:
    """Nothing to see; there while the open conversation has an answer that nobody has seen, and says it once seen."""
    conversation_id = ConversationState.conversation_id
    tells = _WhenSeen.create(on_seen=ShelfActions.mark_seen(conversation_id), key=conversation_id)
    return rx.cond(ConversationState.is_unread, tells)
