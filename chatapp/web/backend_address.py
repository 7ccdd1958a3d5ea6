"""Where the pages find their server: written into the build by Reflex, corrected here while serving.

Reflex bakes the address of the moment into one small script. One build then fits one port only, and a different
`PORT` or `CHATAPP_PUBLIC_URL` would cost half a minute of building again. The script is served with today's address.
"""

import re
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chatapp.settings import Settings

SCRIPT = "assets/reflex-env-*.js"
BAKED = re.compile(r"(http|ws)s?://[^/`\"']+")


class BackendAddress:
    """ASGI wrapper that serves that one script of `build` itself and leaves everything else to `app`."""

    def __init__(self, app: ASGIApp, build: Path, settings: Settings) -> None:
        self.app = app
        address = address_for_pages(settings)
        self.scripts = {f"/{path.relative_to(build)}": corrected(path, address) for path in build.glob(SCRIPT)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer requests for the script, pass on the others."""
        script = self.scripts.get(scope["path"]) if scope["type"] == "http" else None
        if script is None:
            await self.app(scope, receive, send)
            return
        # The name does not change with the address, so it must not be kept like the other files beside it.
        response = Response(script, media_type="text/javascript", headers={"cache-control": "no-cache"})
        await response(scope, receive, send)


def has_address(build: Path) -> bool:
    """Whether there is such a script with an address in it."""
    return any(BAKED.search(path.read_text(encoding="utf-8")) for path in build.glob(SCRIPT))


def address_for_pages(settings: Settings) -> str:
    """Where pages look for the server. They swap `localhost` for the host they were opened under."""
    return settings.public_url or f"http://localhost:{settings.port}"


def corrected(path: Path, address: str) -> str:
    """The script at `path` with every address in it replaced by `address` (http or https), sockets by its ws form."""
    rest = address.removeprefix("http")
    return BAKED.sub(lambda match: f"{match[1]}{rest}", path.read_text(encoding="utf-8"))
