"""Which web pages may talk to us: an ASGI wrapper that checks Host and Origin before anything else runs.

A browser says truthfully which page a post or a websocket comes from. Only our own pages may: the origin must be that
of the address that was asked, and that address must be one of ours (else a name that an attacker points at this machine
would count as ours: DNS rebinding). A page of another origin gets nothing at all, not even what everybody may read:
the browser that asks for it may be on this very machine. Uploads are refused as a whole: Reflex's route asks nobody who
they are. Whoever is refused is told what to set, see docs/decisions/0017-a-page-talks-to-its-own-origin.md.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.errors import Forbidden
from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.settings import LOOPBACK_NAMES, Settings
from chatapp.web.content_security_policy import HASHED_FILES, HOST
from chatapp.web.refusal_page import refusal_response
from chatapp.words import words_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WEBSOCKET_CLOSE_POLICY = 1008

log = Repeated(get_logger(__name__))


@dataclass(frozen=True)
class CheckOrigins:
    """Wraps the app; must be the outermost of ours, so the last of `api_transformer`."""

    settings: Settings

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The app behind the check."""

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            refusal = self.refusal(scope) if scope["type"] in {"http", "websocket"} else None
            if refusal is None:
                await app(scope, receive, send)
                return
            log.warning("request refused", reason=refusal.reason, path=scope["path"])
            await _refuse(refusal, scope, receive, send)

        return checked

    def refusal(self, scope: Scope) -> Forbidden | None:
        """Why a request is refused; its words are for whoever set the app up. None when it may pass."""
        headers = Headers(scope=scope)
        is_read = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        if scope["path"].startswith("/_upload"):
            return Forbidden("no_uploads")
        if not self._is_our_host(headers) and not (is_read and scope["path"].startswith("/health/")):
            return self._unknown_host(scope, headers)
        if is_read and ("origin" not in headers or _is_public_file(scope)):
            return None
        if self._lacks_https(headers):
            return Forbidden("https_only", address=self.settings.public_url)
        if not self._is_our_origin(scope, headers):
            return Forbidden("foreign_page", address=self._asked_address(scope, headers))
        return None

    def _is_our_host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        name = _host_name(hosts[0]) if len(hosts) == 1 else ""
        return bool(name) and (name == "localhost" or _is_address(name) or name in self._known_names())

    def _known_names(self) -> set[str]:
        addresses = {self.settings.effective_public_url, *self.settings.origins}
        return {urlsplit(address).hostname or "" for address in addresses}

    def _unknown_host(self, scope: Scope, headers: Headers) -> Forbidden:
        """Names no address of ours: a page at a name that was pointed at us could read it."""
        if not HOST.fullmatch(headers.get("host", "")):
            return Forbidden("no_host")
        address = self._asked_address(scope, headers)
        if self.settings.public_url:
            return Forbidden("unknown_host_beside", address=address)
        return Forbidden("unknown_host", address=address)

    def _lacks_https(self, headers: Headers) -> bool:
        """Whether the page is our own over http, where browsers keep no cookie that is for https alone."""
        origin, host = headers.get("origin", ""), headers["host"].lower()
        is_ours_over_http = origin == f"http://{host}" and _host_name(host) not in LOOPBACK_NAMES
        return self.settings.secure_cookies and is_ours_over_http and origin not in self.settings.origins

    def _is_our_origin(self, scope: Scope, headers: Headers) -> bool:
        origins = headers.getlist("origin")
        if not origins:
            # Browsers leave Origin out of no websocket. Sec-Fetch-Site cannot be set by a page's scripts.
            return scope["type"] == "http" and headers.get("sec-fetch-site") == "same-origin"
        own = {self._asked_address(scope, headers), *self._behind_proxies()}
        return len(origins) == 1 and origins[0] in own | self.settings.origins

    def _behind_proxies(self) -> set[str]:
        """The public address, which is ours also where a proxy does not pass Host on.

        Not one on localhost: that is each visitor's own machine, where another program may have that port.
        """
        public = self.settings.public_url
        return {public} if public and urlsplit(public).hostname not in LOOPBACK_NAMES else set()

    def _asked_address(self, scope: Scope, headers: Headers) -> str:
        """The origin that the request was sent to, as far as we can see."""
        public, host = urlsplit(self.settings.effective_public_url), headers["host"].lower()
        scheme = public.scheme if host == public.netloc.lower() else self._scheme(scope, headers)
        return f"{scheme}://{host}"

    def _scheme(self, scope: Scope, headers: Headers) -> str:
        forwarded = headers.get("x-forwarded-proto", "").split(",")[-1].strip()
        if self.settings.trusted_proxy_hops and forwarded in {"http", "https"}:
            return forwarded
        return "https" if scope["scheme"] in {"https", "wss"} else "http"


def _is_public_file(scope: Scope) -> bool:
    """Whether a script or font is asked for: browsers send Origin even from our own page, which has to say why.

    Another page may load it as well without Origin, and without permission, which we never give, can read neither.
    """
    return scope["method"] != "OPTIONS" and scope["path"].startswith(HASHED_FILES)


async def _refuse(refusal: Forbidden, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await refusal_response(words_of(refusal), Headers(scope=scope))(scope, receive, send)
        return
    await receive()  # websocket.connect; closing before accepting it makes the server answer 403
    await send({"type": "websocket.close", "code": WEBSOCKET_CLOSE_POLICY})


def _host_name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        has_extra = parts.username is not None or parts.path or parts.query or parts.fragment
        return "" if has_extra or (parts.port or 1) < 1 else (parts.hostname or "")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
