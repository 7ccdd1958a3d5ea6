"""The words for an address that leads nowhere, or to something of somebody else's, and the way home."""

import reflex as rx

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components.controls import TO_COMPOSER, page_link
from chatapp.ui.theme import space


def not_found_card() -> rx.Component:
    """The card, on a page of its own or inside the chat page."""
    return rx.el.section(
        rx.el.h1(words.NOT_FOUND_HEADING, style={"font_size": "1.25rem", "font_weight": theme.BOLD, "margin": "0"}),
        rx.el.p(words.ANYWHERE["not_found"], style={"color": theme.TEXT_QUIET, "margin": "0"}),
        page_link(words.START_NEW_CHAT, to="/", style={"color": theme.LINK, "text_decoration": "underline"}),
        data_testid="not-found",
        data_focus_next=TO_COMPOSER,
        style={
            "display": "flex",
            "flex_direction": "column",
            "align_items": "center",
            "gap": space(3),
            "margin": "auto",
            "padding": space(4),
            "text_align": "center",
        },
    )
