"""One person's page in real Chromium: opened in a fresh browser, asked one question, measured from inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import page_scripts
from bench.devtools import Browser, Target, fresh_browser
from bench.figures import spread
from bench.marks import Pace, shown_delays_ms, shows_all
from bench.served import Served
from chatapp.demo_model.wishes import script_of
from tests.waiting import until

LOAD_SECONDS = 60
COUNTERS = {
    "main_thread_s": "TaskDuration",
    "script_s": "ScriptDuration",
    "layout_s": "LayoutDuration",
    "style_s": "RecalcStyleDuration",
}
ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}


class NotShown(Exception):
    """The answer did not end as it should have, so that there is nothing to measure."""


@dataclass
class RealPage:
    """A page that is open and usable."""

    target: Target

    async def ask(self, question: str, patience_seconds: float) -> dict[str, float]:
        """Ask, and wait for the end of the answer; returns what the page itself can tell. Nothing looks meanwhile."""
        await self.target.evaluate(f"({page_scripts.WATCH_ANSWER})({patience_seconds * 1000})")
        await self.target.evaluate(page_scripts.FOCUS_COMPOSER)
        await self.target.evaluate(page_scripts.SETTLED)
        await self.target.send("Performance.enable")
        before = await self._counters()
        await self.target.send("Input.insertText", text=question)
        await self.target.send("Input.dispatchKeyEvent", type="keyDown", text="\r", **ENTER)
        await self.target.send("Input.dispatchKeyEvent", type="keyUp", **ENTER)
        await self.target.evaluate("window.bench.isEnded")
        after = await self._counters()
        used = {key: round(after[name] - before[name], 2) for key, name in COUNTERS.items()}
        return {**used, "heap_mb": round(after["JSHeapUsedSize"] / 1e6, 1)}

    async def figures(self, served: Served, question: str) -> dict[str, float]:
        """What the page noted about its answer, beside what the model did. Raises NotShown."""
        seen = await self.target.evaluate(page_scripts.SEEN)
        script = script_of(question)
        parts, marks = list(script.parts), [(at / 1000, text) for at, text in seen["marks"]]
        if seen["status"] != "completed" or not marks or not shows_all(marks[-1][1], parts):
            raise NotShown(f"'{question}' is {seen['status']} and ends with {marks[-1:]}")
        asked = served.asked(question)
        pace = Pace(asked["first_part_at"], script.rate_per_second)
        return {
            "own_message_ms": seen["ownMessage"] - seen["sent"],
            "asked_ms": round(asked["received_at"] * 1000 - seen["sent"], 1),
            "first_text_ms": round((marks[0][0] - asked["first_part_at"]) * 1000, 1),
            "last_text_ms": round((marks[-1][0] - asked["last_part_at"]) * 1000, 1),
            **spread("part", shown_delays_ms(marks, parts, pace)),
            "websocket_kb": round(seen["bytes"] / 1000, 1),
            "frames": seen["frames"],
            "longest_task_ms": round(seen["longestTask"]),
        }

    async def _counters(self) -> dict[str, float]:
        found = (await self.target.send("Performance.getMetrics"))["metrics"]
        return {metric["name"]: metric["value"] for metric in found}


@asynccontextmanager
async def opened_page(url: str, cookie: str, path: str = "/") -> AsyncIterator[RealPage]:
    """A page of whoever `cookie` signs in, in a fresh browser, usable."""
    async with fresh_browser() as browser, tab_in(browser, url, cookie, path) as page:
        yield page


@asynccontextmanager
async def tab_in(browser: Browser, url: str, cookie: str, path: str = "/") -> AsyncIterator[RealPage]:
    """A tab of `browser` at `path`, usable. An empty cookie opens it for somebody who is not signed in."""
    async with browser.page() as target:
        await target.send("Page.enable")  # without it no script of ours would run in new documents
        await target.send("Page.addScriptToEvaluateOnNewDocument", source=page_scripts.BEFORE_LOAD)
        for name, value in (part.split("=", 1) for part in cookie.split("; ") if part):
            await target.send("Network.setCookie", url=url, name=name, value=value, httpOnly=True)
        await target.send("Page.navigate", url=url + path)

        async def is_there() -> bool:
            return bool(await target.evaluate("location.protocol === 'http:' && Boolean(window.bench)"))

        await until(is_there, seconds=LOAD_SECONDS, what=f"{url}{path}")
        await target.evaluate("window.bench.isUsable")
        yield RealPage(target)
