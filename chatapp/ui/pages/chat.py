"""The chat page, for a new conversation (`/`) and for an existing one (`/c/<id>`)."""

import reflex as rx

from chatapp.ui.components.layout import shell
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.page import PageState

# One route for both addresses: two would be two pages, and the first send, which turns `/` into `/c/<id>`, would mount
# everything anew and lose focus and text. It matches any address of one or two parts that no other page has;
# PageState.open answers those that do not begin with `c` as not found.
ROUTE = "/[[section]]/[[requested_id]]"


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    title = rx.cond(ConversationState.title != "", ConversationState.title + " - chatapp", "chatapp")
    app.add_page(chat, route=ROUTE, title=title, on_load=PageState.open)


def chat() -> rx.Component:
    """The page."""
    return shell()
