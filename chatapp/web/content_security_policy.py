"""The headers that tell a browser what our pages may do: run our own scripts, talk to us, nothing else.

Reflex puts a few inline scripts into each page. They are allowed by their hashes, taken from the build when the app
starts, so that `unsafe-inline` and `unsafe-eval` are never needed. Styles may be inline: Radix and KaTeX set them.
A frame without an origin, in which diagrams are drawn, has the policy of its page. It may load no file of ours, so its
scripts are inline there, and their hashes are among the others.
"""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatapp.settings import Settings

FRAME_SCRIPTS = ("assets/diagram_frame-*.js", "assets/mermaid.min-*.js")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

IMMUTABLE = "public, max-age=31536000, immutable"  # Vite puts a hash of the contents into each name
ASK_FIRST = "no-cache"  # kept, but never shown without asking whether it is still the newest
HASHED_FILES = "/assets/"
HSTS = "max-age=31536000"


class SecurityHeaders:
    """ASGI wrapper that adds the headers to every HTTP response of `app`, whose pages were built into `build`."""

    def __init__(self, app: ASGIApp, build: Path, settings: Settings) -> None:
        self.app = app
        self.scripts = " ".join(inline_script_hashes(build))
        self.public_url = settings.effective_public_url
        self.fixed = fixed_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, its response with our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, message)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        headers.update(self.fixed)
        headers.setdefault("content-security-policy", self.policy(Headers(scope=scope).get("host", "")))
        kept = scope["path"].startswith(HASHED_FILES) and message["status"] in {200, 304}
        headers.setdefault("cache-control", IMMUTABLE if kept else ASK_FIRST)

    def policy(self, host: str) -> str:
        """The policy for a page that was asked for under `host`, the Host header as it came."""
        # Older Firefox and Safari do not count a websocket to the page's own host as 'self'.
        sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
        # A form's redirect is checked too: signing in under 127.0.0.1 may end at the public address.
        return page_policy(self.scripts, sockets, f" {self.public_url}")


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The headers that are the same for every response, without the policy."""
    fixed = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Not `no-referrer`: browsers then send `Origin: null` with our own forms, which the origin check refuses.
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    return fixed | ({"strict-transport-security": HSTS} if settings.secure_cookies else {})


def page_policy(scripts: str, connect_to: str, post_to: str) -> str:
    """The policy of a page: its scripts' hashes, and what it may reach besides 'self' (each with a space first)."""
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'{connect_to}; manifest-src 'self'; "
        f"form-action 'self'{post_to}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )


def inline_script_hashes(build: Path) -> list[str]:
    """The sources ('sha256-...') of all scripts below `build` that are inline: in its pages, or in the frame."""
    pages = (page.read_text(encoding="utf-8") for page in build.rglob("*.html"))
    of_pages = {_hash(script) for page in pages for script in INLINE_SCRIPT.findall(page)}
    of_frame = {_hash(path.read_text(encoding="utf-8")) for name in FRAME_SCRIPTS for path in build.glob(name)}
    return sorted(of_pages | of_frame)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
