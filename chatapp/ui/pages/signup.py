"""The sign-up page: for the first account, for everybody where that is allowed, or a word about why not."""

import reflex as rx

from chatapp import words
from chatapp.accounts.passwords import MIN_CHARACTERS
from chatapp.ui.components import auth_form
from chatapp.ui.state.account import AccountState

ERRORS = auth_form.FormErrors(AccountState.error, AccountState.error_field)


def add_to(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(signup, route="/signup", title=words.SIGN_UP + words.OF_APP, on_load=AccountState.open_signup)


def signup() -> rx.Component:
    """One card, two fields, one button; a third field where strangers could reach a fresh installation."""
    return auth_form.centred(rx.cond(AccountState.is_open, _form(), _closed()))


def _form() -> rx.Component:
    return rx.fragment(
        auth_form.post_card(
            auth_form.when(
                AccountState.is_hydrated,
                auth_form.title(rx.cond(AccountState.is_first, words.CREATE_FIRST_ACCOUNT, words.CREATE_AN_ACCOUNT)),
            ),
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
            auth_form.shown_password(
                ERRORS, autocomplete="new-password", hint=words.PASSWORD_MINIMUM.format(minimum=MIN_CHARACTERS)
            ),
            rx.cond(AccountState.needs_code, _code()),
            auth_form.error_line(ERRORS),
            auth_form.submit(words.CREATE_ACCOUNT),
            action="/auth/signup",
            test_id="signup-form",
        ),
        auth_form.when(
            AccountState.is_hydrated,
            rx.cond(AccountState.is_first, auth_form.quiet(words.FIRST_IS_ADMINISTRATOR), _login_link()),
        ),
    )


def _code() -> rx.Component:
    return auth_form.field(
        words.SETUP_CODE,
        "code",
        ERRORS,
        hint=words.SETUP_CODE_WHERE,
        auto_complete="off",
        auto_capitalize="characters",
    )


def _closed() -> rx.Component:
    return rx.fragment(
        auth_form.title(words.SIGN_UP_CLOSED),
        auth_form.quiet(words.ASK_FOR_ACCOUNT),
        _login_link(),
    )


def _login_link() -> rx.Component:
    return auth_form.quiet(words.HAVE_ACCOUNT, auth_form.link(words.SIGN_IN, "/login"))
