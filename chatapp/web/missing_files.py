"""Says 404 for a script or style that this build does not have.

The pages are one route that matches any short address, so the static server would answer a request for a file of an
older build with a page, and status 200: a script that is HTML, which no browser can explain to anybody.
"""

from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/assets/"


class MissingFiles:
    """ASGI wrapper around `app`, which serves the files of `build`."""

    def __init__(self, app: ASGIApp, build: Path) -> None:
        self.app = app
        self.known = {f"/{path.relative_to(build)}" for path in (build / "assets").rglob("*") if path.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it asks for a file that is not there."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX) and scope["path"] not in self.known:
            await PlainTextResponse("There is no such file in this build.", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)
