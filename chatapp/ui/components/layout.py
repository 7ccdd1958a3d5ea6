"""The frame of the chat page: sidebar, header, message area and dock, in reading order.

The same elements stand in the same places whatever is shown, so that an opened, begun or left conversation never
remounts the message box: what changes is text and class names.
"""

import json

import reflex as rx

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components.answer_notice import answer_notice
from chatapp.ui.components.chat_settings import chat_settings
from chatapp.ui.components.composer import composer
from chatapp.ui.components.controls import icon_button, page_link
from chatapp.ui.components.empty_state import examples, greeting
from chatapp.ui.components.feedback import composer_error, model_server_away, status_line, undo_toast
from chatapp.ui.components.in_browser import (
    DRAWER_OPEN,
    OPEN_DRAWER,
    SIDEBAR_HIDDEN,
    TOGGLE_SIDEBAR,
    keys_and_focus,
)
from chatapp.ui.components.message_list import jump_to_latest, message_list
from chatapp.ui.components.model_picker import model_picker
from chatapp.ui.components.not_found import not_found_card
from chatapp.ui.components.queue import queue
from chatapp.ui.components.seen import seen_answer
from chatapp.ui.components.shortcuts import shortcuts
from chatapp.ui.components.sidebar import sidebar
from chatapp.ui.components.waits import server_clock
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.conversation_actions import UNDO_SECONDS
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.page import PageState
from chatapp.ui.state.person import PersonState

# The stylesheet holds no width, colour or font that theme.py knows, and no words: it gets them from here.
VARIABLES: theme.Style = {
    "--column": theme.COLUMN,
    "--sidebar-width": theme.SIDEBAR,
    "--touch-target": theme.TOUCH_TARGET,
    "--text": theme.TEXT,
    "--text-quiet": theme.TEXT_QUIET,
    "--page": theme.BACKGROUND,
    "--surface": theme.SURFACE,
    "--bubble": theme.BUBBLE,
    "--hover": theme.HOVER,
    "--selected": theme.SELECTED,
    "--border": theme.BORDER,
    "--field-border": theme.FIELD_BORDER,
    "--press": theme.PRESS,
    "--press-text": theme.PRESS_TEXT,
    "--error": theme.ERROR,
    "--error-surface": theme.ERROR_SURFACE,
    "--radius-small": theme.RADIUS_SMALL,
    "--radius": theme.RADIUS,
    "--radius-large": theme.RADIUS_LARGE,
    "--shadow": theme.SHADOW,
    "--small": theme.FONT_SMALL,
    "--tiny": theme.FONT_TINY,
    "--line-height": theme.LINE_HEIGHT,
    "--bold": theme.BOLD,
    "--quick": theme.QUICK,
    "--empty-answer": json.dumps(words.EMPTY_ANSWER),
    "--undo-time": f"{UNDO_SECONDS}s",
}
TIME_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone").to(str)


def shell() -> rx.Component:
    """The whole page."""
    return rx.el.div(
        shortcuts(),
        server_clock(),
        keys_and_focus(),
        answer_notice(status=LiveState.message.status, title=ConversationState.title),
        sidebar(),
        rx.el.main(
            header(),
            rx.cond(ConversationState.not_found, not_found_card(), conversation()),
            class_name="main",
            custom_attrs={"inert": DRAWER_OPEN},
        ),
        status_line(),
        undo_toast(),
        seen_answer(),
        rx.cond(PersonState.time_zone == "", unknown_time_zone()),
        class_name="shell",
        data_sidebar=rx.cond(SIDEBAR_HIDDEN, "hidden", "shown"),
        data_drawer=rx.cond(DRAWER_OPEN, "open", "closed"),
        style=VARIABLES,
    )


@rx.memo
def unknown_time_zone() -> rx.Component:
    """Nothing to see: tells the reader's time zone, as often as the server does not know it."""
    return rx.el.span(hidden=True, on_mount=PageState.remember_time_zone(TIME_ZONE))


def header() -> rx.Component:
    """The way to the list, the model, the title, a new chat."""
    return rx.el.header(
        icon_button(
            "menu",
            words.OPEN_CHATS,
            on_click=OPEN_DRAWER,
            aria_keyshortcuts="Control+Shift+S",
            class_name="open-drawer",
        ),
        icon_button(
            "panel-left",
            words.SHOW_CHATS_KEYS,
            on_click=TOGGLE_SIDEBAR,
            aria_keyshortcuts="Control+Shift+S",
            data_focus_next=".hide-sidebar",
            class_name="show-sidebar",
        ),
        model_picker(),
        rx.cond(
            ConversationState.title != "",
            rx.el.h1(ConversationState.title, dir="auto", class_name="title one-line"),
            rx.el.div(
                rx.cond(ConversationState.loading, rx.el.h1(words.CHAT, class_name="visually-hidden")),
                class_name="title",
            ),
        ),
        chat_settings(),
        page_link(
            rx.icon("square-pen", size=18, aria_hidden=True),
            to="/",
            aria_label=words.NEW_CHAT,
            title=words.NEW_CHAT_KEYS,
            class_name="icon-button header-new",
        ),
        class_name="header",
    )


def conversation() -> rx.Component:
    """The messages and the message box; of an empty conversation a greeting, the box in the middle and examples."""
    return rx.el.div(
        message_list(greeting()),
        rx.el.div(jump_to_latest(), model_server_away(), composer_error(), queue(), composer(), class_name="dock"),
        examples(),
        class_name="conversation",
        data_empty=rx.cond(ConversationState.is_empty, "true", "false"),
    )
