"""The scenarios: enough to see what an answer, a crowd and a first visit cost; not a matrix of everything."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol, Self

from bench.answer import AnswerPlan
from bench.cold_load import ColdLoadPlan
from bench.first_words import FirstWordsPlan
from bench.people import BothWays, PeoplePlan
from bench.sdk_alone import SdkPlan
from bench.served import Served, one_process, the_stack


class Plan(Protocol):
    """What one run does."""

    async def measure(self, served: Served) -> dict[str, float]:
        """The figures of one run. Raises NotShown when there is nothing to measure."""
        ...

    def as_trial(self) -> Self:
        """The same with small numbers, which shows that it works and nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named plan on a deployment. The quick ones take less than ten minutes together, three runs each."""

    name: str
    title: str
    plan: Plan
    deployment: Callable[[int], AbstractContextManager[Served]] = one_process
    is_quick: bool = True

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, plan=self.plan.as_trial())


SPREAD_SECONDS = 10
"""Over which the questions of a crowd come, where they do not come at once."""


def _crowd(people: int, *, is_quick: bool) -> Scenario:
    plan = BothWays(PeoplePlan(people, 600, 50, real_page=True), SPREAD_SECONDS)
    title = f"{people} people at 50 tokens/s, one process, one of them in a real browser"
    return Scenario(f"people-{people}", title, plan, is_quick=is_quick)


def _stack(people: int) -> Scenario:
    plan = BothWays(PeoplePlan(people, 600, 30), SPREAD_SECONDS)
    return Scenario(f"stack-{people}", f"{people} people at 30 tokens/s, the stack", plan, the_stack, is_quick=False)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("500", "500 tokens at 100/s, an empty conversation", AnswerPlan(500, 100)),
    Scenario("2000", "2,000 tokens at 100/s, an empty conversation", AnswerPlan(2_000, 100)),
    Scenario("8000", "8,000 tokens at 400/s, an empty conversation", AnswerPlan(8_000, 400)),
    Scenario("32000", "32,000 tokens at 400/s, an empty conversation", AnswerPlan(32_000, 400), is_quick=False),
    Scenario("history", "2,000 tokens at 100/s after 500 messages", AnswerPlan(2_000, 100, messages_before=500)),
    Scenario(
        "second-page",
        "2,000 tokens at 100/s with a second page of the conversation open",
        AnswerPlan(2_000, 100, messages_before=2, second_page=True),
    ),
    _crowd(10, is_quick=False),
    _crowd(50, is_quick=True),
    Scenario("sdk-50", "50 answers at 50 tokens/s read by the openai SDK alone", SdkPlan(50, 600, 50)),
    _stack(50),
    _stack(100),
    _stack(200),
    Scenario("first-words", "short answers of a model that thinks for a second", FirstWordsPlan(10)),
    Scenario("cold-load", "the login and a conversation of 40 messages, nothing cached", ColdLoadPlan(40)),
)


def chosen(names: str, *, quick: bool = False) -> list[Scenario]:
    """The scenarios with these names, separated by commas; all, or all quick ones, without a name.

    Raises ValueError for a name that there is not.
    """
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in by_name]:
        raise ValueError(f"There is no scenario {unknown[0]!r}. There are: {', '.join(by_name)}")
    return [by_name[name] for name in wanted or by_name if wanted or by_name[name].is_quick or not quick]
