"""Measures what a browser with an empty cache loads, and how soon: the login, and a conversation."""

from dataclasses import dataclass
from typing import Self

from bench import page_scripts
from bench.devtools import fresh_browser
from bench.history import person_with
from bench.real_page import RealPage, tab_in
from bench.served import Served


@dataclass(frozen=True, slots=True)
class ColdLoadPlan:
    """The login, and a conversation of so many messages, each in a browser that has seen neither."""

    messages: int

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of one run."""
        cookie, path = await person_with(served, self.messages)
        async with fresh_browser() as browser, tab_in(browser, served.url, "", "/login") as page:
            login = await _figures("login", page)
        async with fresh_browser() as browser, tab_in(browser, served.url, cookie, path) as page:
            return {**login, **await _figures("conversation", page)}

    def as_trial(self) -> Self:
        """The same: it is small."""
        return self


async def _figures(name: str, page: RealPage) -> dict[str, float]:
    loaded = await page.target.evaluate(page_scripts.LOADED)
    return {
        f"{name}_kb": round(loaded["bytes"] / 1000, 1),
        f"{name}_script_kb": round(loaded["scriptBytes"] / 1000, 1),
        f"{name}_requests": loaded["requests"],
        f"{name}_first_text_ms": round(loaded["firstText"]),
        f"{name}_usable_ms": round(loaded["usable"]),
    }
