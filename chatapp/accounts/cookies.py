"""The names and attributes of the cookies, and how they are read. Not what they mean: see sessions and flash."""

from starlette.requests import cookie_parser
from starlette.responses import Response

from chatapp.settings import Settings


def session_cookie(settings: Settings) -> str:
    """The name of the cookie that holds the login token."""
    return _name("session", "", settings)


def flash_cookie(settings: Settings) -> str:
    """The name of the cookie that carries one message over a redirect."""
    return _name("flash", "-flash", settings)


def read(cookie_header: str, name: str) -> str:
    """The value of a cookie, or "".

    With Starlette's parser: the standard library's drops all that follows a cookie such as `x={"a":1}`.
    """
    return cookie_parser(cookie_header).get(name, "")


def session_token(cookie_header: str, settings: Settings) -> str:
    """The login token in a `Cookie` header, or ""."""
    return read(cookie_header, session_cookie(settings))


def put(response: Response, name: str, value: str, *, max_age_seconds: int, settings: Settings) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along with a post."""
    response.set_cookie(
        name, value, max_age=max_age_seconds, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )


def drop(response: Response, name: str, settings: Settings) -> None:
    """Delete a cookie. The attributes must be those it was set with, or browsers keep a `__Host-` one."""
    response.delete_cookie(name, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax")


def _name(plain: str, secure: str, settings: Settings) -> str:
    # Browsers take `__Host-` over https only; it keeps a neighbouring subdomain from planting its own cookie.
    return f"__Host-chatapp{secure}" if settings.secure_cookies else f"chatapp_{plain}"
