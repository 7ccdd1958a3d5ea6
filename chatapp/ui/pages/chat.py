"""The chat page, for a new conversation (`/`) and for an existing one (`/c/<id>`)."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.layout import shell
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.page import PageState


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    title = rx.cond(ConversationState.title != "", ConversationState.title + words.OF_APP, words.APP)
    app.add_page(chat, route=CHAT_ROUTE, title=title, on_load=PageState.open)


def chat() -> rx.Component:
    """The page."""
    return shell()
