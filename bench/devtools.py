"""Chromium driven through a DevTools connection of our own, with no domain enabled that would cost the page.

Not Playwright: that always enables the network domain, which copies every frame of a websocket and charges the page.
Each browser has a fresh profile, so its cache is cold.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.browser import find
from tests.e2e.conftest import CHROMIUM_ARGUMENTS
from tests.waiting import until

ARGUMENTS = [
    *CHROMIUM_ARGUMENTS,
    "--headless",
    "--remote-debugging-port=0",
    "--window-size=1280,807",  # 1280 by 720 are left for the page
    "--no-first-run",
    "--disable-extensions",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-features=PreloadTopChromeWebUI,Translate,OptimizationHints,MediaRouter",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
]
START_SECONDS = 60
END_SECONDS = 20


class DevToolsError(Exception):
    """The browser refused a command, or an expression threw."""


@dataclass
class Target:
    """One DevTools connection: to the browser, or to one page of it. One command at a time."""

    socket: ClientConnection
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command; returns its result. Raises DevToolsError. Events are passed over."""
        number = next(self._numbers)
        await self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(await self.socket.recv())).get("id") != number:
            pass
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; of a promise, what it brings. Raises DevToolsError."""
        answer = await self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise DevToolsError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")


@dataclass
class Browser:
    """A running Chromium. `address` is where its DevTools listen."""

    address: str
    target: Target

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Target]:
        """A new, empty page, in a window of its own: a tab behind another would not be drawn."""
        made = await self.target.send("Target.createTarget", url="about:blank", newWindow=True)
        async with connect(f"{self.address}/devtools/page/{made['targetId']}", max_size=None, ping_interval=None) as s:
            yield Target(s)

    async def version(self) -> str:
        """Name and version, as in `Chrome/140.0.1`."""
        return str((await self.target.send("Browser.getVersion"))["product"])


@asynccontextmanager
async def fresh_browser() -> AsyncIterator[Browser]:
    """A Chromium with an empty profile, gone at the end."""
    path = await asyncio.to_thread(find)  # it may ask Playwright, which refuses to be asked beside an event loop
    assert path, "The measurements need Chromium: python -m tests.browser finds or fetches one."
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            path, *ARGUMENTS, f"--user-data-dir={profile}", "about:blank", stdout=quiet, stderr=quiet
        )
        try:
            address, browser_path = await _address(Path(profile) / "DevToolsActivePort")
            async with connect(address + browser_path, max_size=None, ping_interval=None) as socket:
                target = Target(socket)
                yield Browser(address, target)
                await target.send("Browser.close")
            await asyncio.wait_for(process.wait(), END_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _address(file: Path) -> tuple[str, str]:
    """Where a browser that is just starting listens, from the file that it writes then."""

    async def is_written() -> bool:
        return len(_words(file)) == 2

    await until(is_written, seconds=START_SECONDS, what="Chromium")
    port, path = _words(file)
    return f"ws://127.0.0.1:{port}", path


def _words(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []
