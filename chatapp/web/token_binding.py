"""Binds Reflex's client token to the login session, so that a stolen token is worth nothing.

Reflex keeps a tab's state under a token that the browser made up and sends in the websocket's address, where access
logs see it; whoever presents it gets the state. An ASGI wrapper replaces it by an HMAC of the session cookie and the
token: the same browser finds its state again, another one, or the same after a new login, finds an empty one.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.accounts import cookies
from chatapp.settings import Settings

PATHS = ("/_event", "/_upload")
TOKEN_HEADER = b"reflex-client-token"


@dataclass(frozen=True)
class BindTokens:
    """Wraps the app; belongs into `api_transformer`."""

    settings: Settings

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The app, which now sees bound tokens only."""

        async def bound(scope: Scope, receive: Receive, send: Send) -> None:
            is_event = scope["type"] in {"http", "websocket"} and scope["path"].startswith(PATHS)
            await app(self._bound_scope(scope) if is_event else scope, receive, send)

        return bound

    def bind(self, token: str, session_token: str) -> str:
        """The token under which Reflex keeps the state; a UUID like the ones it replaces."""
        message = f"{session_token}|{token}".encode()
        digest = hmac.new(self.settings.secret_bytes, message, hashlib.sha256).digest()
        return str(uuid.UUID(bytes=digest[:16]))

    def _bound_scope(self, scope: Scope) -> Scope:
        session_token = cookies.session_token("; ".join(Headers(scope=scope).getlist("cookie")), self.settings)
        query = [
            (name, self.bind(value, session_token) if name == "token" else value)
            for name, value in parse_qsl(scope["query_string"].decode("latin-1"))
        ]
        headers = [
            (name, self.bind(value.decode("latin-1"), session_token).encode() if name == TOKEN_HEADER else value)
            for name, value in scope["headers"]
        ]
        return {**scope, "query_string": urlencode(query).encode(), "headers": headers}
