"""The HTTP side of accounts: four form posts that set or clear the cookie and send the browser on.

Plain forms and redirects, because a websocket sees the cookies of its handshake only: a person signs in by loading a
page again. Errors go back to the form in a flash cookie. Whether a post comes from our own page is checked outside, by
web.origins, for every route at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from chatapp import limits, words
from chatapp.accounts import cookies, flash, service, sessions, signup
from chatapp.accounts.flash import Flash
from chatapp.accounts.principal import Principal
from chatapp.accounts.return_path import safe_path
from chatapp.accounts.visitor import Visitor
from chatapp.errors import ChatappError
from chatapp.settings import Settings
from chatapp.words import words_of

BODY_MAX_BYTES = 65_536
FORM_MAX_FIELDS = 20
FORM_TYPE = "application/x-www-form-urlencoded"

Form = dict[str, str]
SignIn = Callable[[Form, Visitor], Awaitable[str]]


@dataclass(frozen=True)
class AuthRoutes:
    """The handlers of the auth routes, bound to the settings they follow."""

    settings: Settings

    def routes(self) -> list[Route]:
        """The routes, to be mounted beside the app."""
        return [
            Route("/auth/login", self.log_in, methods=["POST"]),
            Route("/auth/signup", self.sign_up, methods=["POST"]),
            Route("/auth/logout", self.log_out, methods=["POST"]),
            Route("/auth/password", self.change_password, methods=["POST"]),
        ]

    async def log_in(self, request: Request) -> Response:
        """Sign in with `username` and `password`, then go to `next`."""

        async def sign_in(form: Form, visitor: Visitor) -> str:
            return await service.log_in(form.get("username", ""), form.get("password", ""), visitor, self.settings)

        return await self._sign_in(request, "/login", sign_in)

    async def sign_up(self, request: Request) -> Response:
        """Make an account from `username`, `password` and perhaps `code`, sign in and go to `next`."""

        async def sign_in(form: Form, visitor: Visitor) -> str:
            username, password, code = (form.get(name, "") for name in ("username", "password", "code"))
            return await signup.sign_up(username, password, code, visitor, self.settings)

        return await self._sign_in(request, "/signup", sign_in)

    async def log_out(self, request: Request) -> Response:
        """End the login session and go to the login page."""
        await sessions.end(cookies.session_token(cookie_header(request), self.settings))
        response = redirect(request, "/login")
        cookies.drop(response, cookies.session_cookie(self.settings), self.settings)
        return response

    async def change_password(self, request: Request) -> Response:
        """Set the new `password` of whoever is signed in and knows the `current` one."""
        principal = await sessions.resolve_cookies(cookie_header(request), self.settings)
        if principal is None:
            return redirect(request, "/login?next=/settings")
        form = await read_form(request)
        return self._with_flash(redirect(request, "/settings"), await self._change_password(principal, form))

    async def _change_password(self, principal: Principal, form: Form) -> Flash:
        try:
            ended = await service.change_password(
                principal, form.get("current", ""), form.get("password", ""), self.settings
            )
        except ChatappError as error:
            return Flash("/settings", error=words_of(error), field=flash.FIELDS.get(error.reason, ""))
        others = f" {words.signed_out(ended)}" if ended else ""
        return Flash("/settings", notice=f"{words.PASSWORD_CHANGED}{others}")

    async def _sign_in(self, request: Request, page: str, sign_in: SignIn) -> Response:
        form = await read_form(request)
        path = safe_path(form.get("next", "/"))
        try:
            token = await sign_in(form, self._visitor(request))
        except ChatappError as error:
            back = page if path == "/" else f"{page}?{urlencode({'next': path})}"
            field, username = flash.FIELDS.get(error.reason, ""), form.get("username", "")
            answer = Flash(page, error=words_of(error), field=field, username=username)
            return self._with_flash(redirect(request, back), answer)
        # The session that this browser had before would otherwise stay open with nobody to end it.
        await sessions.end(cookies.session_token(cookie_header(request), self.settings))
        return self._signed_in(redirect(request, path), token)

    def _signed_in(self, response: Response, token: str) -> Response:
        max_age_seconds = self.settings.session_absolute_seconds
        name = cookies.session_cookie(self.settings)
        cookies.put(response, name, token, max_age_seconds=max_age_seconds, settings=self.settings)
        cookies.drop(response, cookies.flash_cookie(self.settings), self.settings)
        return response

    def _with_flash(self, response: Response, message: Flash) -> Response:
        name, value = cookies.flash_cookie(self.settings), flash.dumps(message, self.settings)
        cookies.put(response, name, value, max_age_seconds=flash.MAX_AGE_SECONDS, settings=self.settings)
        return response

    def _visitor(self, request: Request) -> Visitor:
        peer = request.client.host if request.client else ""
        forwarded_for = ",".join(request.headers.getlist("x-forwarded-for"))
        address = limits.client_address(peer, forwarded_for, self.settings.trusted_proxy_hops)
        return Visitor(address, request.headers.get("user-agent", ""))


def cookie_header(request: Request) -> str:
    """All `Cookie` headers as one: HTTP/2 allows several (RFC 9113 section 8.2.3)."""
    return "; ".join(request.headers.getlist("cookie"))


def redirect(request: Request, path: str) -> RedirectResponse:
    """A 303 to `path` on the origin of the page that posted.

    Relative wherever that page is ours by Host, so that people stay on the address they typed; absolute for a page
    served from another origin, which web.origins has checked against the settings.
    """
    origin = request.headers.get("origin", "")
    is_elsewhere = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "").lower()
    return RedirectResponse(f"{origin}{path}" if is_elsewhere else path, status_code=303)


async def read_form(request: Request) -> Form:
    """The fields of a form post; the first of each name. Raises HTTPException 413 and 415 before reading it all."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM_TYPE:
        raise HTTPException(415, "A form post is expected.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            raise HTTPException(413, "This form is too large.")
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FORM_MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read.") from error
    return dict(reversed(fields))
