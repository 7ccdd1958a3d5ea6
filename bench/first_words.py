"""Measures how soon the first words of an answer are read, of a model that thinks for a second before it begins.

A scripted model that begins at once finds the page still busy with the question and its new address; a real one needs
longer than that.
"""

from dataclasses import dataclass, replace
from itertools import count
from typing import Self

from bench.devtools import fresh_browser
from bench.figures import spread
from bench.history import person_with
from bench.real_page import tab_in
from bench.served import Served

PATIENCE_SECONDS = 60

_serial = count(1)


@dataclass(frozen=True, slots=True)
class FirstWordsPlan:
    """So many short answers in new conversations, one after the other."""

    answers: int

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of one run, in a fresh browser."""
        seen: list[dict[str, float]] = []
        cookie, _ = await person_with(served, 0)
        async with fresh_browser() as browser:
            for _ in range(self.answers):
                question = f"wait 1, question {next(_serial)}"
                async with tab_in(browser, served.url, cookie) as page:
                    await page.ask(question, PATIENCE_SECONDS)
                    seen.append(await page.figures(served, question))
        return {
            **spread("first_words", (one["first_text_ms"] for one in seen)),
            **spread("first_click", (one["asked_ms"] for one in seen)),
            **spread("first_own", (one["own_message_ms"] for one in seen)),
        }

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, answers=1)
