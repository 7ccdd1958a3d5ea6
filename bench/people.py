"""Measures many people at once: `python -m bench.people --people 50 --tokens 600 --rate 50`.

Everybody asks in a page of their own, at the same moment or one after the other within `--over` seconds, spoken at the
level of the protocol (bench/tab.py): real browsers would need more than the machine under test. Prints as JSON how long
text took from the model's part to the page's frame, how soon the model was asked, and what each kind of process used.
Model and clients share the machine.
"""

import argparse
import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count
from typing import Self

from bench.answer import PATIENCE_SECONDS
from bench.figures import spread
from bench.marks import Pace, counted_delays_ms
from bench.real_page import opened_page
from bench.served import Served, cpu_figures, one_process, the_stack
from bench.tab import Tab, tab

_serial = count(1)


@dataclass(frozen=True, slots=True)
class PeoplePlan:
    """So many `people`, each asking for `tokens` at `rate` a second, all within `over_seconds`.

    With `real_page` one of them sits before a real browser.
    """

    people: int
    tokens: int
    rate: int
    over_seconds: float = 0.0
    real_page: bool = False

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of one run."""
        cookies = await served.people(self.people)
        async with AsyncExitStack() as stack:
            page = None
            if self.real_page:
                page = await stack.enter_async_context(opened_page(served.url, cookies.pop()))
            tabs = [await stack.enter_async_context(tab(served.url, cookie)) for cookie in cookies]
            before, question = served.cpu_seconds(), f"long {self.tokens} at {self.rate}, page {next(_serial)}"
            asked = [f"count {self.tokens} at {self.rate}, person {next(_serial)}" for _ in tabs]
            reading = asyncio.gather(*map(self._read, tabs, asked, range(len(tabs))))
            costs = await page.ask(question, self._patience_seconds) if page else {}
            await reading
            used = cpu_figures(before, served.cpu_seconds(), self.people * self.tokens)
            of_page = {**await page.figures(served, question), **costs} if page else {}
        return {**of_page, **self._figures(served, tabs, asked), **used, **served.memory()}

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, people=self.people // 5, tokens=self.tokens // 10)

    @property
    def _patience_seconds(self) -> float:
        return self.over_seconds + self.tokens / self.rate + PATIENCE_SECONDS

    async def _read(self, page: Tab, question: str, number: int) -> None:
        """Have one person ask in turn and read until the end of the answer, or of our patience."""
        turn = asyncio.Event()
        asyncio.get_running_loop().call_later(self.over_seconds * number / self.people, turn.set)
        await turn.wait()
        await page.ask(question)
        try:
            async with asyncio.timeout(self._patience_seconds):
                await page.watch()
        except TimeoutError:
            page.status = "late"

    def _figures(self, served: Served, tabs: list[Tab], questions: list[str]) -> dict[str, float]:
        delays: list[float] = []
        clicks: list[float] = []
        log = {str(entry["question"]): entry for entry in served.server.demo_log()}
        for opened, question in zip(tabs, questions, strict=True):
            if question not in log:  # never asked: counted below as not completed
                continue
            pace = Pace(float(str(log[question]["first_part_at"])), self.rate)
            delays += counted_delays_ms(opened.arrivals, pace)
            clicks.append((float(str(log[question]["received_at"])) - opened.sent_at) * 1000)
        return {
            "not_completed": len(tabs) - [opened.status for opened in tabs].count("completed"),
            **spread("delay", delays),
            **spread("click", clicks),
            "kb_a_person": round(sum(opened.received_bytes for opened in tabs) / len(tabs) / 1000, 1),
            "frames_a_person": round(sum(opened.frames for opened in tabs) / len(tabs)),
        }


@dataclass(frozen=True, slots=True)
class BothWays:
    """The same people, first all at once, then one by one within `over_seconds`."""

    at_once: PeoplePlan
    over_seconds: float

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of the first, and of the second the delays."""
        at_once = await self.at_once.measure(served)
        spread_out = replace(self.at_once, over_seconds=self.over_seconds, real_page=False)
        one_by_one = await spread_out.measure(served)
        delays = {f"spread_{key}": value for key, value in one_by_one.items() if key.startswith(("delay", "click"))}
        return {**at_once, **delays, "not_completed": at_once["not_completed"] + one_by_one["not_completed"]}

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, at_once=self.at_once.as_trial(), over_seconds=2)


def main() -> None:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=600)
    parser.add_argument("--rate", type=int, default=50, help="tokens a second and person")
    parser.add_argument("--over", type=float, default=0.0, help="seconds over which the questions are spread")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--stack", action="store_true", help="the team deployment instead of one process")
    given = parser.parse_args()
    with (the_stack if given.stack else one_process)(given.port) as served:
        plan = PeoplePlan(given.people, given.tokens, given.rate, given.over)
        print(json.dumps(asyncio.run(_measure(served, plan))))


async def _measure(served: Served, plan: PeoplePlan) -> dict[str, float]:
    await served.warm_up()
    return {"people": plan.people, "tokens": plan.tokens, "rate": plan.rate, **await plan.measure(served)}


if __name__ == "__main__":
    main()
