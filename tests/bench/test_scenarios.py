"""Which scenarios are run."""

import pytest

from bench.answer import AnswerPlan
from bench.people import BothWays, PeoplePlan
from bench.scenarios import SCENARIOS, chosen


def test_every_scenario_has_a_name_of_its_own() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


def test_without_a_name_all_are_chosen_or_all_quick_ones() -> None:
    assert chosen("") == list(SCENARIOS)
    assert chosen("", quick=True) == [scenario for scenario in SCENARIOS if scenario.is_quick]


def test_named_scenarios_come_in_the_order_in_which_they_were_named() -> None:
    assert [scenario.name for scenario in chosen("stack-50, 500", quick=True)] == ["stack-50", "500"]


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"'fast'.*cold-load"):
        chosen("fast")


def test_a_trial_of_a_scenario_asks_for_less() -> None:
    assert chosen("2000")[0].as_trial().plan == AnswerPlan(100, 100)
    assert chosen("stack-50")[0].as_trial().plan == BothWays(PeoplePlan(10, 60, 30), 2)
