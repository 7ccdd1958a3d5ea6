"""Who is behind a websocket, known before the first frame: an ASGI wrapper that bounds what strangers keep here.

A page without a login needs little: of one address, a few of them have a place at a time. Each gets a client token of
its own, and the state under it is dropped when the connection ends, where Reflex would keep it for minutes. A page that
finds no place tries again every few seconds; its form posts without a websocket. All strangers together are let in at a
pace that leaves the process to those who have a login.
"""

import asyncio
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp import limits
from chatapp.accounts import cookies, sessions
from chatapp.connections.websocket import KNOWN
from chatapp.errors import DatabaseUnavailable
from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.settings import Settings
from chatapp.token_bucket import TokenBucket
from chatapp.web.reflex_compat import forget_state
from chatapp.web.unaccepted import again, is_gone_within

PATH = "/_event"
VISITOR = "chatapp.visitor"
"""The key of the scope under which the app finds the visitor."""

STRANGERS_MAX = 20
"""Pages without a login that one address may have open at once."""

STRANGERS_PER_SECOND = 100
STRANGERS_AT_ONCE = 50
"""Of all addresses. Letting one in and out again takes 1 ms."""

QUEUE_SECONDS_MAX = 1.0
"""How long a stranger waits for the turn; a page that cannot have one so soon is refused."""

REFUSAL_SECONDS = 3.0
"""How long a stranger waits to be refused: one who comes again at once would cost as much as one who is let in."""

LINGER_SECONDS = 1.0
"""Before a stranger's state is dropped: events that were under way would make it again."""

LOOKUP_SECONDS = 2.0
CLOSE_POLICY = 1008

log = Repeated(get_logger(__name__))


@dataclass(frozen=True, slots=True)
class SocketVisitor:
    """Who sends the frames of a connection. `sender` is what allowances count by."""

    sender: str
    is_stranger: bool


@dataclass(frozen=True)
class KnowVisitors:
    """Wraps the app; belongs into `api_transformer`, outside what checks frames and inside what binds tokens."""

    settings: Settings
    _strangers: Counter[str] = field(default_factory=Counter)
    _turns: TokenBucket = field(default_factory=lambda: TokenBucket(STRANGERS_PER_SECOND, STRANGERS_AT_ONCE))

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The app, which now finds the visitor in the scope of each websocket."""

        async def known(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket" or not scope["path"].startswith(PATH):
                await app(scope, receive, send)
                return
            visitor = await self._find_visitor(scope)
            scope = {**scope, VISITOR: visitor}
            if visitor.is_stranger:
                await self._let_in(app, scope, receive, send)
                return
            if KNOWN in scope:  # by our own server
                scope[KNOWN](visitor.sender)
            await app(scope, receive, send)

        return known

    async def _find_visitor(self, scope: Scope) -> SocketVisitor:
        headers = Headers(scope=scope)
        cookie = "; ".join(headers.getlist("cookie"))
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded_for = ",".join(headers.getlist("x-forwarded-for"))
        address = limits.client_address(peer, forwarded_for, self.settings.trusted_proxy_hops)
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                principal = await sessions.resolve_cookies(cookie, self.settings)
        except (DatabaseUnavailable, TimeoutError):  # nobody is known now: who brings a login may have one
            return SocketVisitor(address, is_stranger=not cookies.session_token(cookie, self.settings))
        if principal is None:
            return SocketVisitor(address, is_stranger=True)
        return SocketVisitor(str(principal.user_id), is_stranger=False)

    async def _let_in(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        address, turns = scope[VISITOR].sender, self._turns
        is_full = self._strangers[address] >= STRANGERS_MAX
        if is_full or turns.wait_seconds(time.monotonic()) > QUEUE_SECONDS_MAX:
            reason = "too many pages without a login" if is_full else "too many strangers at once"
            log.warning("websocket refused", reason=reason, address=address)
            await _refuse_late(receive, send)
            return
        turns.take(1, time.monotonic())
        token = str(uuid.uuid4())
        self._strangers[address] += 1
        try:
            connect = await receive()
            if not await is_gone_within(receive, turns.wait_seconds(time.monotonic())):
                await app(_with_token(scope, token), again(connect, receive), send)
        finally:
            await self._forget(token, address)

    async def _forget(self, token: str, address: str) -> None:
        try:
            await drop_state(token)
        finally:
            self._strangers[address] -= 1
            if not self._strangers[address]:
                del self._strangers[address]


async def _refuse_late(receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect; closing before accepting it makes the server answer 403
    if not await is_gone_within(receive, REFUSAL_SECONDS):
        await send({"type": "websocket.close", "code": CLOSE_POLICY})


def _with_token(scope: Scope, token: str) -> Scope:
    """The scope with another client token, if it has one."""
    query = [(name, token if name == "token" else value) for name, value in parse_qsl(scope["query_string"].decode())]
    return {**scope, "query_string": urlencode(query).encode()}


async def drop_state(token: str) -> None:
    """Drop what Reflex keeps under a client token that nobody has any more, until no event makes it again."""
    is_there = True
    while is_there:
        await asyncio.sleep(LINGER_SECONDS)
        is_there = await forget_state(token)
