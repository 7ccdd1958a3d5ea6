"""The login page."""

import reflex as rx

from chatapp import words
from chatapp.ui.components import auth_form
from chatapp.ui.state.account import AccountState

ERRORS = auth_form.FormErrors(AccountState.error, AccountState.error_field)


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(login, route="/login", title=words.SIGN_IN + words.OF_APP, on_load=AccountState.open_login)


def login() -> rx.Component:
    """One card, two fields, one button."""
    return auth_form.centred(
        auth_form.post_card(
            auth_form.title(words.SIGN_IN),
            rx.el.input(type="hidden", name="next", value=AccountState.next_path, read_only=True),
            auth_form.field(
                words.USERNAME,
                "username",
                ERRORS,
                key=AccountState.username,
                default_value=AccountState.username,
                auto_complete="username",
                auto_capitalize="none",
                spell_check=False,
                auto_focus=True,
            ),
            auth_form.shown_password(ERRORS, autocomplete="current-password"),
            auth_form.error_line(ERRORS),
            auth_form.submit(words.SIGN_IN),
            action="/auth/login",
            test_id="login-form",
        ),
        auth_form.when(
            AccountState.is_hydrated & AccountState.is_open,
            auth_form.quiet(words.NO_ACCOUNT_YET, auth_form.link(words.SIGN_UP, "/signup")),
        ),
    )
