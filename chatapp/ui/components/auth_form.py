"""The forms of the account pages: plain posts to the routes of chatapp.accounts, that work without the websocket.

Must not import the markdown renderer: the login page is the first thing that a new browser loads.
"""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_base.vars.function import FunctionVar
from reflex_base.vars.object import ObjectVar

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components.in_browser import hook
from chatapp.ui.theme import Style, space
from chatapp.web.page_errors import ErrorState

MAX_PASSWORD_CHARACTERS = 256

CARD: Style = {
    "display": "flex",
    "flex_direction": "column",
    "gap": space(4),
    "width": "100%",
    "max_width": theme.CARD,
    "padding": space(6),
    "background": theme.SURFACE,
    "border": f"1px solid {theme.BORDER}",
    "border_radius": theme.RADIUS,
}
INPUT: Style = {
    "width": "100%",
    "min_height": theme.TOUCH_TARGET,
    "padding": f"0 {space(3)}",
    "font_size": "1rem",  # below 16 px iOS zooms into the field
    "color": theme.TEXT,
    "background": theme.BACKGROUND,
    "border": f"1px solid {theme.FIELD_BORDER}",
    "border_radius": theme.RADIUS_SMALL,
}
BUTTON: Style = {
    "min_height": theme.TOUCH_TARGET,
    "padding": f"0 {space(4)}",
    "font_size": "1rem",
    "border_radius": theme.RADIUS_SMALL,
    "cursor": "pointer",
}
COLUMN: Style = {"display": "flex", "flex_direction": "column", "gap": space(1)}
FIELD_ERROR: Style = {"color": theme.ERROR, "font_size": theme.FONT_SMALL, "margin": "0"}
PRIMARY: Style = {**BUTTON, "color": theme.PRESS_TEXT, "background": theme.PRESS, "font_weight": theme.BOLD}
QUIET: Style = {**BUTTON, "color": theme.TEXT, "background": "transparent", "border": f"1px solid {theme.BORDER}"}


@dataclass(frozen=True)
class FormErrors:
    """What was wrong with a form when it was posted, and with which of its fields; "" is the whole form."""

    words: rx.Var[str]
    field: rx.Var[str]

    def of(self, field: str) -> rx.Var[str]:
        """What was wrong with this field; "" for nothing."""
        return rx.cond(self.field == field, self.words, "").to(str)


def centred(*children: rx.Component) -> rx.Component:
    """The frame of a page with one card in the middle."""
    return rx.el.main(
        *children,
        style={
            "display": "flex",
            "flex_direction": "column",
            "align_items": "center",
            "justify_content": "center",
            "gap": space(4),
            "min_height": "100dvh",
            "padding": space(4),
            "box_sizing": "border-box",
        },
    )


def post(*children: rx.Component, action: str, **props: object) -> rx.Component:
    """An HTML form that the browser itself posts. The path is relative: people stay on the address they typed."""
    # Without a word about on_submit Reflex cancels the post: its forms are made to send events.
    return rx.el.form(*children, action=action, method="post", on_submit=None, **props)


def post_card(*children: rx.Component, action: str, test_id: str) -> rx.Component:
    """A card that is such a form."""
    return post(*children, action=action, data_testid=test_id, style=CARD)


def field(label: str, name: str, errors: FormErrors, *, hint: str = "", **props: Any) -> rx.Component:
    """A labelled input, below it `hint` and what is wrong with it; `props` are those of `rx.el.input`.

    It is a new one, with the focus, when its error comes.
    """
    return _field(label, name, errors.of(name), hint, **props)


def _field(label: str, name: str, error: rx.Var[str], hint: rx.Var[str] | str, **props: Any) -> rx.Component:
    about = f"{name}-about"
    return rx.el.div(
        rx.el.label(
            rx.el.span(label, style={"font_size": theme.FONT_SMALL, "font_weight": theme.BOLD}),
            rx.el.input(
                name=name,
                key=error + props.pop("key", ""),
                required=True,
                auto_focus=(error != "") | props.pop("auto_focus", False),
                aria_invalid=rx.cond(error != "", "true", "false"),
                aria_describedby=about,
                style=INPUT,
                **props,
            ),
            style=COLUMN,
        ),
        rx.el.div(
            rx.cond(hint != "", quiet(hint)),
            rx.cond(error != "", rx.el.p(error, role="alert", data_testid="error", style=FIELD_ERROR)),
            id=about,
        ),
        style=COLUMN,
    )


def password_field(label: str, name: str, errors: FormErrors, *, autocomplete: str) -> rx.Component:
    """An input for a password; password managers go by `autocomplete`."""
    limits = {"auto_complete": autocomplete, "max_length": MAX_PASSWORD_CHARACTERS}
    return field(label, name, errors, type="password", **limits)


def shown_password(errors: FormErrors, *, autocomplete: str, hint: str = "") -> rx.Component:
    """The input for the password of an account, with a button that shows what was typed."""
    return password_and_switch(error=errors.of("password"), autocomplete=autocomplete, hint=hint)


@rx.memo
def password_and_switch(error: rx.Var[str], autocomplete: rx.Var[str], hint: rx.Var[str]) -> rx.Component:
    """Both as one component, whose own it is whether the password is shown: the server has no part in that."""
    switch: ObjectVar[dict[str, object]] = hook("useShownPassword", "password").to(dict[str, object])
    is_shown = switch["isShown"].to(bool)
    kind = rx.cond(is_shown, "text", "password")
    limits = {"auto_complete": autocomplete, "max_length": MAX_PASSWORD_CHARACTERS}
    return rx.fragment(
        _field(words.PASSWORD, "password", error, hint, type=kind, **limits),
        rx.el.button(
            rx.cond(is_shown, words.HIDE_PASSWORD, words.SHOW_PASSWORD),
            type="button",
            on_click=switch["toggle"].to(FunctionVar),
            class_name="show-password",
            style={"align_self": "flex-start", "color": theme.LINK, "font_size": theme.FONT_SMALL, "cursor": "pointer"},
        ),
    )


def submit(label: str | rx.Var[str]) -> rx.Component:
    """The one button to press."""
    return rx.el.button(label, type="submit", data_testid="auth-submit", style=PRIMARY)


def error_line(errors: FormErrors) -> rx.Component:
    """What was wrong with the form as a whole, or with what was done since; read out when it appears."""
    error = rx.cond(ErrorState.error != "", ErrorState.error, errors.of(""))
    style = {"color": theme.ERROR, "background": theme.ERROR_SURFACE, "padding": space(3), "margin": "0"}
    line = rx.el.p(error, role="alert", data_testid="error", style={**style, "border_radius": theme.RADIUS_SMALL})
    return rx.cond(error != "", line)


def title(text: str | rx.Var[str]) -> rx.Component:
    """The heading of a page."""
    return rx.el.h1(text, style={"font_size": "1.25rem", "font_weight": theme.BOLD, "margin": "0"})


def subtitle(text: str) -> rx.Component:
    """The heading of a card below that of the page."""
    return rx.el.h2(text, style={"font_size": "1.125rem", "font_weight": theme.BOLD, "margin": "0"})


def when(known: rx.Var[bool], *children: rx.Component) -> rx.Component:
    """What a page can say only once it knows: until then its place is kept, so that nothing moves when it does."""
    return rx.el.div(*children, style={"visibility": rx.cond(known, "visible", "hidden")})


def quiet(*children: rx.Component | str | rx.Var[str]) -> rx.Component:
    """A line of less weight."""
    return rx.el.p(*children, style={"color": theme.TEXT_QUIET, "font_size": theme.FONT_SMALL, "margin": "0"})


def link(text: str, path: rx.Var[str] | str) -> rx.Component:
    """A link to another page of the app."""
    return rx.el.a(text, href=path, style={"color": theme.LINK, "text_decoration": "underline"})


def logout_form(style: Style | None = None) -> rx.Component:
    """The sign-out button: a form of its own, because only a loaded page can drop the cookie."""
    button = rx.el.button(words.SIGN_OUT, type="submit", data_testid="logout", style=style or QUIET)
    return post(button, action="/auth/logout")
