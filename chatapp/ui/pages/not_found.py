"""The page for an address that leads nowhere, or to something of somebody else's; it does not say which."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.not_found import not_found_card


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(not_found, route="404", title=words.NOT_FOUND + words.OF_APP)


def not_found() -> rx.Component:
    """The page of its own, for addresses that no route matches."""
    return rx.el.main(not_found_card(), style={"display": "flex", "min_height": "100dvh"})
