"""Which file of the build is the page at an address, where the static server would find another or none.

`/login` is that page itself: the redirect to `/login/` would name the scheme and host that it saw, which behind a proxy
are not those that people typed, and cost a round trip. `/c/<id>` is the page of `/`, which shows its frame before any
script has run: both are one route, and the file for addresses without a page of their own is empty.
"""

import re
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

CONVERSATION = re.compile(r"/c/[^/]+")


class PageAddresses:
    """ASGI wrapper around `app`, which serves the files of `build` and each page as the index of a folder."""

    def __init__(self, app: ASGIApp, build: Path) -> None:
        self.app = app
        self.pages = {f"/{index.parent.relative_to(build)}" for index in build.glob("*/**/index.html")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, for the file that is the page at its address."""
        if scope["type"] == "http":
            scope = {**scope, "path": self._file_address(scope["path"])}
        await self.app(scope, receive, send)

    def _file_address(self, path: str) -> str:
        if CONVERSATION.fullmatch(path):
            return "/"
        return f"{path}/" if path in self.pages else path
