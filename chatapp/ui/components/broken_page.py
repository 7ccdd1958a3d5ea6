"""What stands in place of a page that breaks in the browser, with the ways to go on."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.theme import space

LINK: theme.Style = {"color": theme.LINK, "text_decoration": "underline"}
LOADS_ANEW = {"reloadDocument": True}
"""Otherwise Reflex makes of a link to our own page one that the router follows, inside the page that is broken."""


def guarded_page() -> rx.Component:
    """The boundary around every page. What broke it is reported to the server, not to the reader."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(_broken_page()))


def _broken_page() -> rx.Component:
    return rx.el.main(
        rx.el.h1(words.BROKEN_PAGE, style={"font_size": "1.25rem", "font_weight": theme.BOLD}),
        rx.el.p(words.BROKEN_PAGE_WHY, style={"color": theme.TEXT_QUIET}),
        rx.el.a(words.RELOAD, href="", style=LINK, custom_attrs=LOADS_ANEW),
        rx.el.a(words.START_NEW_CHAT, href="/", style=LINK, custom_attrs=LOADS_ANEW),
        data_testid="broken-page",
        style={
            "display": "flex",
            "flex_direction": "column",
            "align_items": "center",
            "justify_content": "center",
            "gap": space(3),
            "min_height": "100dvh",
            "padding": space(4),
            "text_align": "center",
        },
    )
