"""One message that survives a redirect: an error or a notice, with the username that was typed.

It travels in a short-lived signed cookie, because the page reads it over the websocket, whose handshake carries the
cookies. Each has a nonce, by which the page knows whether it has shown this one before. Never holds a password.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as dataclass_field

from itsdangerous import BadData, URLSafeTimedSerializer

from chatapp.settings import Settings

MAX_AGE_SECONDS = 60
USERNAME_MAX_CHARACTERS = 100
"""Keeps the cookie below the 4096 bytes that browsers take, whatever was typed."""


FIELDS: Mapping[str, str] = {
    "wrong_login": "password",
    "wrong_current_password": "current",
    "wrong_setup_code": "code",
    **dict.fromkeys(("username_missing", "username_too_long", "username_characters", "username_taken"), "username"),
    **dict.fromkeys(("password_too_short", "password_too_long", "password_common", "password_is_username"), "password"),
}
"""The reason of an error -> the name of the field to correct."""


@dataclass(frozen=True, slots=True)
class Flash:
    """`page` is the path that may show it; only one of `error` and `notice` is set.

    `field` is the name of the field that the error is about; "" where that is the whole form.
    """

    page: str
    error: str = ""
    field: str = ""
    notice: str = ""
    username: str = ""
    nonce: str = dataclass_field(default_factory=lambda: secrets.token_urlsafe(9))


def dumps(flash: Flash, settings: Settings) -> str:
    """The cookie's value."""
    content = {**asdict(flash), "username": flash.username[:USERNAME_MAX_CHARACTERS]}
    return _serializer(settings).dumps(content)


def loads(value: str, settings: Settings) -> Flash | None:
    """The message in a cookie's value; None if it is missing, forged or older than a minute."""
    try:
        return Flash(**_serializer(settings).loads(value, max_age=MAX_AGE_SECONDS))
    except (BadData, TypeError):
        return None


def _serializer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_bytes, salt="chatapp flash")
