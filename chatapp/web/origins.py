"""Which web pages may talk to us: an ASGI wrapper that checks Host and Origin before anything else runs.

A browser says truthfully which page a post or a websocket comes from. Only our own pages may: the origin must be that
of the address that was asked, and that address must be one of ours (else a name that an attacker points at this machine
would count as ours: DNS rebinding). A page of another origin gets nothing at all, not even what everybody may read:
the browser that asks for it may be on this very machine. Uploads are refused as a whole: Reflex's route asks nobody who
they are.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.settings import Settings

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
            reason = self.refusal(scope) if scope["type"] in {"http", "websocket"} else ""
            if not reason:
                await app(scope, receive, send)
                return
            log.warning("request refused", reason=reason, path=scope["path"])
            await _refuse(reason, scope, receive, send)

        return checked

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused, in words for whoever set the app up; "" when it may pass."""
        headers = Headers(scope=scope)
        if scope["path"].startswith("/_upload"):
            return "There are no uploads."
        if not self._is_our_host(headers) and not scope["path"].startswith("/health/"):
            return "This address is not one of this app's. Set CHATAPP_PUBLIC_URL to the address people type."
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS and "origin" not in headers:
            return ""
        if not self._is_our_origin(scope, headers):
            return "This request does not come from a page of this app. See CHATAPP_ALLOWED_ORIGINS."
        return ""

    def _is_our_host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        name = _host_name(hosts[0]) if len(hosts) == 1 else ""
        return bool(name) and (name == "localhost" or _is_address(name) or name in self._known_names())

    def _known_names(self) -> set[str]:
        addresses = {self.settings.effective_public_url, *self.settings.origins}
        return {urlsplit(address).hostname or "" for address in addresses}

    def _is_our_origin(self, scope: Scope, headers: Headers) -> bool:
        origins = headers.getlist("origin")
        if not origins:
            # Browsers leave Origin out of no websocket. Sec-Fetch-Site cannot be set by a page's scripts.
            return scope["type"] == "http" and headers.get("sec-fetch-site") == "same-origin"
        public = urlsplit(self.settings.effective_public_url)
        host = headers["host"].lower()
        scheme = public.scheme if host == public.netloc.lower() else self._scheme(scope, headers)
        own = {f"{scheme}://{host}", f"{public.scheme}://{public.netloc}".lower()}
        return len(origins) == 1 and origins[0] in own | self.settings.origins

    def _scheme(self, scope: Scope, headers: Headers) -> str:
        forwarded = headers.get("x-forwarded-proto", "").split(",")[-1].strip()
        if self.settings.trusted_proxy_hops and forwarded in {"http", "https"}:
            return forwarded
        return "https" if scope["scheme"] in {"https", "wss"} else "http"


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await PlainTextResponse(reason, status_code=403)(scope, receive, send)
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
