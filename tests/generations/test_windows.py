"""What a refusal teaches: from then on less fits than what was refused, by the server's numbers where it names any."""

import random

import pytest

from chatapp.errors import ContextTooLong
from chatapp.generations import windows
from chatapp.generations.context import room_tokens
from chatapp.generations.estimate import Estimator
from chatapp.generations.windows import MODELS_MAX, Windows

RESERVE = 4_096


def learnt(said: int, estimated: int, refused: ContextTooLong) -> tuple[int, float]:
    """The window and the correction after a refusal."""
    estimator = Estimator()
    made = Windows(estimator, RESERVE)
    made.learn("m", said, estimated, refused)
    assert made.tokens("other", said) == said
    return made.tokens("m", said), estimator.correction("m")


def test_the_servers_numbers_are_taken() -> None:
    assert learnt(16_384, 9_000, ContextTooLong(window_tokens=8_192, prompt_tokens=11_700)) == (8_192, 1.3)


def test_a_window_alone_says_that_the_prompt_was_longer() -> None:
    window, correction = learnt(16_384, 6_000, ContextTooLong(window_tokens=8_192))
    assert window == 8_192
    assert correction == pytest.approx(8_192 / 6_000)


@pytest.mark.parametrize("estimated", [300, 3_000, 30_000])
def test_without_numbers_half_of_it_fits(estimated: int) -> None:
    window, correction = learnt(131_072, estimated, ContextTooLong())
    assert correction == 1
    assert room_tokens(window, RESERVE) == estimated // 2


def test_whatever_a_server_says_less_fits_than_what_it_refused() -> None:
    for seed in range(500):
        numbers = random.Random(seed)
        said, estimated = numbers.randint(512, 200_000), numbers.randint(10, 150_000)
        named = [numbers.choice([None, numbers.randint(1, 300_000)]) for _ in range(2)]
        window, correction = learnt(said, estimated, ContextTooLong(window_tokens=named[0], prompt_tokens=named[1]))
        assert 0 <= room_tokens(window, RESERVE) / correction < estimated


def test_a_refusal_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "FORGET_SECONDS", 0.0)
    assert learnt(16_384, 9_000, ContextTooLong(window_tokens=8_192))[0] == 16_384


def test_the_models_longest_unheard_of_are_forgotten() -> None:
    made = Windows(Estimator(), RESERVE)
    for n in range(MODELS_MAX + 1):
        made.learn(f"m{n}", 16_384, 9_000, ContextTooLong(window_tokens=8_192))
    assert (made.tokens("m0", 16_384), made.tokens("m1", 16_384)) == (16_384, 8_192)
