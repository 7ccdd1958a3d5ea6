"""People whose pages are spoken at the level of the protocol: many answers at once for the price of one browser."""

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Thread
from typing import TypeVar

from websockets.exceptions import ConnectionClosed

from bench.tab import sign_up, tab

T = TypeVar("T")
PATIENCE_SECONDS = 60


class Crowd:
    """Some people, each with one page. Their event loop has a thread of its own: a browser's test has none."""

    def __init__(self, url: str, people: int) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="crowd")
        self._thread.start()
        self._pages: list[asyncio.Task[None]] = []
        self._cookies = [self._run(sign_up(url)) for _ in range(people)]

    def ask(self, questions: Sequence[str]) -> None:
        """Have each person ask one question in a new conversation and read its answer."""
        self._run(self._ask_all(questions))

    def leave(self) -> None:
        """Close every page."""
        self._run(self._leave())

    def close(self) -> None:
        """Send everybody home."""
        self.leave()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ask_all(self, questions: Sequence[str]) -> None:
        sent = []
        for cookie, question in zip(self._cookies, questions, strict=True):
            sent.append(asyncio.Event())
            self._pages.append(asyncio.create_task(self._read(cookie, question, sent[-1])))
        await asyncio.gather(*(event.wait() for event in sent))

    async def _read(self, cookie: str, question: str, sent: asyncio.Event) -> None:
        try:
            async with tab(self._url, cookie) as page:
                await page.ask(question)
                sent.set()
                await page.follow()
        except (ConnectionClosed, OSError):  # its web process was killed; what it asked for goes on
            return

    async def _leave(self) -> None:
        for page in self._pages:
            page.cancel()
        await asyncio.gather(*self._pages, return_exceptions=True)
        self._pages.clear()

    def _run(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)
