"""Serves `/login` itself, where the static server would send the browser on to `/login/`.

That redirect names the scheme and host it saw, which behind a proxy are not those that people typed: a page opened
over https would be led to http. It would also cost a round trip each time.
"""

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send


class PageAddresses:
    """ASGI wrapper around `app`, which serves the files of `build` and each page as the index of a folder."""

    def __init__(self, app: ASGIApp, build: Path) -> None:
        self.app = app
        self.pages = {f"/{index.parent.relative_to(build)}" for index in build.glob("*/**/index.html")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the address of a page as that of its folder."""
        if scope["type"] == "http" and scope["path"] in self.pages:
            scope = {**scope, "path": f"{scope['path']}/"}
        await self.app(scope, receive, send)
