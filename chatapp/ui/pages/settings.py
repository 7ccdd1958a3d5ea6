"""A person's settings: the password, the devices that are signed in, the way out."""

import reflex as rx

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components import auth_form
from chatapp.ui.state.account import Device, SecurityState
from chatapp.ui.theme import space

ERRORS = auth_form.FormErrors(SecurityState.error, SecurityState.error_field)
WIDE: theme.Style = {"width": "100%", "max_width": theme.CARD}


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        settings,
        route="/settings",
        title=words.SETTINGS + words.OF_APP,
        on_load=SecurityState.open_settings,
    )


def settings() -> rx.Component:
    """The page."""
    return auth_form.centred(
        rx.el.nav(auth_form.link(words.BACK_TO_CHATS, "/"), style=WIDE),
        rx.box(auth_form.title(words.SETTINGS), style=WIDE),
        _password(),
        _devices(),
        rx.box(auth_form.logout_form(), style=WIDE),
    )


def _password() -> rx.Component:
    return auth_form.post_card(
        auth_form.subtitle(words.PASSWORD),
        auth_form.quiet(words.SIGNED_IN_AS, rx.el.strong(SecurityState.username)),
        # Not shown: it tells password managers whose password this is.
        rx.el.input(
            name="username",
            value=SecurityState.username,
            auto_complete="username",
            read_only=True,
            hidden=True,
            aria_label=words.USERNAME,
        ),
        auth_form.password_field(words.CURRENT_PASSWORD, "current", ERRORS, autocomplete="current-password"),
        auth_form.password_field(words.NEW_PASSWORD, "password", ERRORS, autocomplete="new-password"),
        auth_form.error_line(ERRORS),
        rx.el.p(SecurityState.notice, role="status", data_testid="notice", style={"margin": "0"}),
        auth_form.submit(words.CHANGE_PASSWORD),
        action="/auth/password",
        test_id="password-form",
    )


def _devices() -> rx.Component:
    return rx.el.section(
        auth_form.subtitle(words.DEVICES),
        rx.el.ul(
            rx.foreach(SecurityState.devices, _device),
            style={"list_style": "none", "padding": "0", "margin": "0", "display": "grid", "gap": space(3)},
        ),
        rx.cond(
            SecurityState.has_others,
            rx.el.button(
                words.SIGN_OUT_OTHERS,
                type="button",
                on_click=SecurityState.sign_out_others,
                data_testid="sign-out-others",
                style=auth_form.QUIET,
            ),
        ),
        style=auth_form.CARD,
    )


def _device(device: Device) -> rx.Component:
    return rx.el.li(
        rx.el.span(device.name, rx.cond(device.is_current, words.THIS_DEVICE, "")),
        auth_form.quiet(words.LAST_USED, device.seen),
        data_testid="device",
    )
