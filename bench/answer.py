"""Measures one streamed answer in a real browser: `python -m bench.answer --tokens 2000 --rate 100`.

Starts the production build with the scripted model beside it, asks for `long N at R` in real Chromium, and prints as
JSON what the answer cost, once for each run and then the medians. bench/figures.py says what each figure is.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Self

from bench.devtools import fresh_browser
from bench.figures import medians
from bench.history import person_with
from bench.real_page import RealPage, tab_in
from bench.served import Served, cpu_figures, one_process

PATIENCE_SECONDS = 120
"""How long after its due time an answer may end: slower than that, it is not shown at all."""

_serial = count(1)


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """One answer of `tokens` at `rate` a second, after `messages_before` others, with a second page open or not."""

    tokens: int
    rate: int
    messages_before: int = 0
    second_page: bool = False

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of one run, in a fresh browser, for somebody new."""
        question = f"long {self.tokens} at {self.rate}, question {next(_serial)}"
        async with self._page(served) as page:
            before = served.cpu_seconds()
            costs = await page.ask(question, self.tokens / self.rate + PATIENCE_SECONDS)
            used = cpu_figures(before, served.cpu_seconds(), self.tokens)
            return {**await page.figures(served, question), **costs, **used, **served.memory()}

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, tokens=self.tokens // 20)

    @asynccontextmanager
    async def _page(self, served: Served) -> AsyncIterator[RealPage]:
        cookie, path = await person_with(served, self.messages_before)
        async with fresh_browser() as browser, tab_in(browser, served.url, cookie, path) as page:
            if not self.second_page:
                yield page
                return
            async with tab_in(browser, served.url, cookie, path):
                yield page


def main() -> None:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=100, help="tokens a second")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    with one_process(given.port) as served:
        asyncio.run(_measure(served, AnswerPlan(given.tokens, given.rate), given.runs))


async def _measure(served: Served, plan: AnswerPlan, runs: int) -> None:
    await served.warm_up()
    results = []
    for _ in range(runs):
        results.append(await plan.measure(served))
        print(json.dumps(results[-1]), flush=True)
    print(json.dumps({"median of": runs, **medians(results)}))


if __name__ == "__main__":
    main()
