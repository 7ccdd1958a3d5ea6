"""Token estimates: near enough, cheap, and corrected by what servers report."""

import time

import pytest

from chatapp.generations.estimate import MODELS_MAX, Estimator, estimate_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("The quick brown fox jumps over the lazy dog.", 11),
        ("漢字を書く", 5),
        ("привет мир", 6),
        ("a漢б", 3),
    ],
)
def test_scripts_have_their_own_rates(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@pytest.mark.parametrize("character", ["a", "é", "漢"])
def test_the_longest_message_is_estimated_within_a_blink(character: str) -> None:
    started = time.process_time()
    estimate_tokens(character * 200_000)
    assert time.process_time() - started < 0.05


def test_a_report_corrects_the_models_next_estimate_and_no_other() -> None:
    estimator = Estimator()
    estimator.observe("m", 1_000, 1_300)
    assert (estimator.correction("m"), estimator.correction("other")) == (1.3, 1.0)


@pytest.mark.parametrize(("reported", "correction"), [(1, 0.5), (1_000_000, 4.0), (0, 1.0), (-5, 1.0)])
def test_a_report_beyond_belief_corrects_within_bounds(reported: int, correction: float) -> None:
    estimator = Estimator()
    estimator.observe("m", 1_000, reported)
    assert estimator.correction("m") == correction


def test_a_short_prompt_teaches_nothing() -> None:
    estimator = Estimator()
    estimator.observe("m", 10, 40)
    assert estimator.correction("m") == 1.0


def test_the_models_longest_unheard_of_are_forgotten() -> None:
    estimator = Estimator()
    for n in range(MODELS_MAX + 1):
        estimator.observe(f"m{n}", 1_000, 1_500)
    assert (estimator.correction("m0"), estimator.correction("m1")) == (1.0, 1.5)
