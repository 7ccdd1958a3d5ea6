"""Who is signed in, and what concerns only them: settings, light or dark, the way out."""

from typing import Literal

import reflex as rx
from reflex.style import set_color_mode

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components.answer_notice import notices_choice
from chatapp.ui.components.auth_form import logout_form
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, page_link
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.shelves import ShelfActions, ShelfName
from chatapp.ui.theme import space

ColourScheme = Literal["light", "dark", "system"]
COLOUR_SCHEMES: tuple[tuple[ColourScheme, str], ...] = (
    ("light", words.LIGHT),
    ("dark", words.DARK),
    ("system", words.SYSTEM),
)


LOG_OUT: theme.Style = {
    "display": "flex",
    "align_items": "center",
    "width": "100%",
    "min_height": space(9),
    "padding": f"0 {space(2)}",
    "border_radius": theme.RADIUS_SMALL,
    "_hover": {"background": theme.HOVER},
}


def user_menu() -> rx.Component:
    """The name at the foot of the sidebar, which opens the menu."""
    return rx.popover.root(
        rx.popover.trigger(
            rx.el.button(
                rx.el.span(rx.icon("user-round", size=SMALL_ICON_PIXELS, aria_hidden=True), class_name="avatar"),
                rx.el.span(PersonState.username, class_name="one-line"),
                rx.icon("chevrons-up-down", size=SMALL_ICON_PIXELS, aria_hidden=True),
                type="button",
                aria_label=words.ACCOUNT_OF.format(username=PersonState.username),
                data_testid="user-menu",
                class_name="sidebar-row user-menu",
            )
        ),
        rx.popover.content(
            page_link(
                rx.icon("settings", size=SMALL_ICON_PIXELS, aria_hidden=True),
                words.SETTINGS,
                to="/settings",
                class_name="sidebar-row",
            ),
            _shelf("archive", words.ARCHIVED_CHATS, "archive"),
            rx.cond(PersonState.trash_note != "", _shelf("trash-2", words.TRASH, "trash")),
            theme_choice(),
            notices_choice(),
            logout_form(LOG_OUT),
            side="top",
            align="start",
            aria_label=words.ACCOUNT_OF.format(username=PersonState.username),
            class_name="user-menu-content",
        ),
    )


def _shelf(icon: str, name: str, shelf: ShelfName) -> rx.Component:
    """Has the sidebar list what stands there, and closes the menu."""
    return rx.popover.close(
        rx.el.button(
            rx.icon(icon, size=SMALL_ICON_PIXELS, aria_hidden=True),
            name,
            type="button",
            on_click=ShelfActions.open_shelf(shelf),
            data_testid=shelf,
            class_name="sidebar-row",
        )
    )


def theme_choice() -> rx.Component:
    """Light, dark or as the system says; kept by the browser."""
    return rx.el.div(
        *(_scheme(value, label) for value, label in COLOUR_SCHEMES),
        role="group",
        aria_label=words.COLOURS,
        data_testid="theme",
        class_name="choice",
    )


def _scheme(value: ColourScheme, label: str) -> rx.Component:
    return rx.el.button(
        label, type="button", on_click=set_color_mode(value), aria_pressed=rx.color_mode == value, data_theme=value
    )
