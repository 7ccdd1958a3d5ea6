"""Places behind a trusted proxy: its connections are everybody's, so what counts is each request and websocket."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.connections.places import Places
from chatapp.limits import client_address
from chatapp.log import get_logger
from chatapp.repeated import Repeated

TRY_AGAIN_LATER = 1013
"""The websocket's code for it; before the handshake the server answers 403 whatever the code."""

refusals = Repeated(get_logger(__name__))


class CountForwarded:
    """ASGI wrapper: refuses what comes from an address that has too much open already."""

    def __init__(self, app: ASGIApp, places: Places, trusted_proxy_hops: int) -> None:
        self._app = app
        self._places = places
        self._hops = trusted_proxy_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while its address has a place."""
        if scope["type"] == "lifespan" or not self._hops:
            await self._app(scope, receive, send)
            return
        request = object()
        if not self._places.enter(request, address := self._address(scope)):
            refusals.warning("request refused", reason="no place is left", address=address)
            await _refuse(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.leave(request)

    def _address(self, scope: Scope) -> str:
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        peer = scope["client"][0] if scope["client"] else ""
        return client_address(peer, forwarded.decode("latin-1"), self._hops)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        return
    refusal = PlainTextResponse(
        "Too many connections. Try again later.", status_code=503, headers={"retry-after": "10"}
    )
    await refusal(scope, receive, send)
