"""What the login, sign-up and settings pages show. The forms themselves are plain posts: see accounts.routes."""

import dataclasses

import reflex as rx
from reflex_base.event import EventSpec

from chatapp import words
from chatapp.accounts import cookies, flash, service, sessions, signup
from chatapp.accounts.flash import Flash
from chatapp.accounts.principal import Principal
from chatapp.accounts.return_path import safe_path
from chatapp.accounts.service import LoginView
from chatapp.settings import current as current_settings
from chatapp.web.guard import cookie_header, current_principal, find_principal
from chatapp.web.handlers import EVERYBODY, handler
from chatapp.web.page_errors import clear_error, fills_page, shows_errors


@dataclasses.dataclass(frozen=True)
class Device:
    """A line of the list of signed-in devices."""

    name: str
    seen: str
    is_current: bool


class AccountState(rx.State):
    """The login and sign-up forms; all of it may be seen by anybody."""

    username: str = ""
    next_path: str = "/"
    is_first: bool = False
    is_open: bool = True
    needs_code: bool = False
    error: str = ""
    error_field: str = ""

    _shown_nonce: str = ""

    @handler(audience=EVERYBODY, automatic=True)
    @fills_page
    async def open_login(self) -> EventSpec | None:
        """Fill the login page; whoever is signed in goes on, and an installation without accounts to its first."""
        return await self._open("/login")

    @handler(audience=EVERYBODY, automatic=True)
    @fills_page
    async def open_signup(self) -> EventSpec | None:
        """Fill the sign-up page; whoever is signed in goes on."""
        return await self._open("/signup")

    async def _open(self, page: str) -> EventSpec | None:
        if find_principal(self) is not None:
            return rx.redirect("/", replace=True)
        offer = await signup.offer(current_settings())
        if page == "/login" and offer.is_first and offer.is_open:
            return rx.redirect("/signup", replace=True)
        self.is_first, self.is_open, self.needs_code = offer.is_first, offer.is_open, offer.needs_code
        self.next_path = safe_path(self.router.url.query_parameters.get("next", "/"))
        message = take_flash(self, page, self._shown_nonce)
        self._shown_nonce, self.username = message.nonce, message.username
        self.error, self.error_field = message.error, message.field
        await clear_error(self)
        return None


class SecurityState(rx.State):
    """The settings page: the password and the devices that are signed in."""

    username: str = ""
    notice: str = ""
    error: str = ""
    error_field: str = ""
    devices: list[Device] = []
    has_others: bool = False

    _shown_nonce: str = ""

    @handler(automatic=True)
    @fills_page
    async def open_settings(self) -> None:
        """Fill the page."""
        principal = await current_principal(self)
        self.username = principal.username
        message = take_flash(self, "/settings", self._shown_nonce)
        await self._list_devices(principal)
        self._shown_nonce, self.notice = message.nonce, message.notice
        self.error, self.error_field = message.error, message.field
        await clear_error(self)

    @handler
    @shows_errors
    async def sign_out_others(self) -> None:
        """End the person's sessions in all other browsers."""
        principal = await current_principal(self)
        ended = await sessions.end_others(principal)
        self.notice = words.signed_out(ended)
        self.error = ""
        await self._list_devices(principal)

    async def _list_devices(self, principal: Principal) -> None:
        self.devices = [_device(login) for login in await service.list_logins(principal)]
        self.has_others = len(self.devices) > 1


def take_flash(state: rx.State, page: str, shown_nonce: str) -> Flash:
    """The message for this page, empty if there is none or it has been shown.

    The cookie lives on for up to a minute and the handshake's copy as long as the websocket, so that the nonce is what
    keeps a message from coming back when the page is opened again.
    """
    settings = current_settings()
    message = flash.loads(cookies.read(cookie_header(state), cookies.flash_cookie(settings)), settings)
    if message is None or message.page != page:
        return Flash(page, nonce=shown_nonce)
    return Flash(page, nonce=shown_nonce) if message.nonce == shown_nonce else message


def _device(login: LoginView) -> Device:
    return Device(login.device, f"{login.seen_at:%Y-%m-%d %H:%M} UTC", login.is_current)
