"""The messages of a conversation in a scroller that sticks to the end and keeps the reader's place by style alone.

The scroller is laid out from its end (column-reverse), so text that grows below, or earlier messages above, move
nothing that a reader looks at. Every row is a memo component: an answer that streams renders no other.
"""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from chatapp import words
from chatapp.ui.components.controls import TO_COMPOSER, Near
from chatapp.ui.components.live_message import live_message
from chatapp.ui.components.message import message_row
from chatapp.ui.components.printing import earlier_for_print
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.messages import MessagesState

LATEST_ID = "latest"
NOTE_AWAY: rx.Var[Any] = rx.Var("noteAway", _var_data=VarData(imports={"$/utils/latest.js": "noteAway"}))
ROWS = ConversationState.earlier[::-1] + ConversationState.older + ConversationState.middle + ConversationState.recent
SKELETON_WIDTHS = ("92%", "84%", "88%", "56%")


def message_list(greeting: rx.Component) -> rx.Component:
    """The scroller. `greeting` stands in it while there is no message."""
    return rx.el.div(
        rx.el.div(
            greeting,
            rx.cond(ConversationState.loading, _skeleton()),
            rx.cond(ConversationState.has_older, _earlier()),
            rx.el.div(
                rx.foreach(ROWS, _row),
                live_message(),
                role="log",
                aria_live="off",
                aria_label=words.MESSAGES,
                data_testid="messages",
                class_name="messages",
            ),
            rx.el.div(id=LATEST_ID),
            class_name="column",
        ),
        tab_index=-1,
        class_name="scroller",
        custom_attrs={"onScroll": NOTE_AWAY},
    )


def jump_to_latest() -> rx.Component:
    """Back to the end. The stylesheet shows it to readers who are away from there."""
    return rx.el.button(
        rx.icon("arrow-down", size=16, aria_hidden=True),
        aria_label=words.LATEST_MESSAGE,
        title=words.LATEST_MESSAGE,
        type="button",
        on_click=rx.scroll_to(LATEST_ID, align_to_top=False),
        data_focus_next=TO_COMPOSER,
        data_testid="jump-to-latest",
        class_name="jump",
    )


def _row(message: rx.Var[MessageView]) -> Any:
    return message_row(key=message.id, message=message)


def _earlier() -> rx.Component:
    """Earlier messages come when the reader is near, or presses the button."""
    return rx.fragment(
        rx.el.button(
            words.EARLIER_MESSAGES,
            type="button",
            on_click=MessagesState.load_older,
            data_focus_next=".message",
            data_testid="load-older",
            class_name="text-button earlier",
        ),
        # An animation starts once. Whoever is still at the upper end when messages have come needs another one.
        Near.create(
            key=ConversationState.earlier.length() + ConversationState.older.length(),
            on_animation_start=MessagesState.load_older,
            class_name="near-earlier",
        ),
        earlier_for_print(),
    )


def _skeleton() -> rx.Component:
    bars = (rx.el.span(class_name="skeleton-bar", style={"width": width}) for width in SKELETON_WIDTHS)
    return rx.el.div(*bars, aria_hidden=True, class_name="skeleton")
