"""A server that refuses a prompt as too long says how long it may be, in words of its own."""

import random
import time

import pytest

from chatapp.endpoint_address import parse_address
from chatapp.errors import ContextTooLong
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.refusal import Refusal
from chatapp.providers.too_long import Excess, read_excess
from tests.providers.refusals import KEEPS_FOR_ANSWER, NAMES_BOTH, NAMES_NEITHER, Body, BodyWithAnswer, of_openai

RANDOM_SEEDS = range(30)


def explained(body: object) -> ContextTooLong:
    error = ErrorTranslator("Box", "", parse_address("http://box/v1")).refusal(Refusal.read(400, body), "m")
    assert isinstance(error, ContextTooLong)
    return error


@pytest.mark.parametrize("body", NAMES_BOTH.values(), ids=NAMES_BOTH)
def test_window_and_length_are_read_from_each_servers_sentence(body: Body) -> None:
    for seed in RANDOM_SEEDS:
        numbers = random.Random(seed)
        window = numbers.randint(256, 1_000_000)
        prompt = window + numbers.randint(1, 2 * window)
        error = explained(body(window, prompt))
        assert (error.window_tokens, error.prompt_tokens) == (window, prompt)


@pytest.mark.parametrize("body", KEEPS_FOR_ANSWER.values(), ids=KEEPS_FOR_ANSWER)
def test_what_a_server_keeps_for_its_answer_is_no_room_for_a_prompt(body: BodyWithAnswer) -> None:
    for seed in RANDOM_SEEDS:
        numbers = random.Random(seed)
        window = numbers.randint(1_000, 1_000_000)
        answer = numbers.randint(100, window // 3)
        prompt = window - answer + numbers.randint(1, window)
        if len({window, answer, prompt, prompt + answer}) < 4:
            continue
        error = explained(body(window, prompt, answer))
        assert (error.window_tokens, error.prompt_tokens) == (window - answer, prompt)


@pytest.mark.parametrize("words", NAMES_NEITHER)
def test_a_sentence_without_numbers_is_understood_all_the_same(words: str) -> None:
    error = explained(of_openai(words))
    assert (error.window_tokens, error.prompt_tokens) == (None, None)


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("The input token count exceeds the maximum number of tokens allowed 1048576.", 1_048_576),
        ("Range of input length should be [1, 30720]", 30_720),
        ("Request body too large for gpt-4o model. Max size: 8000 tokens.", 8_000),
    ],
)
def test_a_sentence_that_names_the_window_alone_tells_that(words: str, window: int) -> None:
    assert explained(of_openai(words)).window_tokens == window
    assert explained(of_openai(words)).prompt_tokens is None


@pytest.mark.parametrize(
    "words",
    [
        "max_tokens is too large: 50000. This model supports at most 4096 completion tokens",
        "Unrecognized request argument supplied: stream_options",
        "model requires more system memory (8.4 GiB) than is available (3.1 GiB)",
        "The image is too large",
    ],
)
def test_other_refusals_are_not_about_the_length_of_the_prompt(words: str) -> None:
    assert not Refusal.read(400, of_openai(words)).is_context_too_long


@pytest.mark.parametrize("body", [None, [], {}, 7, "", "9" * 100_000, {"error": {"n_ctx": -5}}, "exceeds 3 of 2"])
def test_what_is_no_length_of_a_text_is_not_taken_for_one(body: object) -> None:
    assert read_excess(body) == Excess()


@pytest.mark.parametrize("piece", ["context length ", "1,000", "prompt too ", "(", "role system "])
def test_a_long_refusal_costs_no_time(piece: str) -> None:
    started = time.process_time()
    Refusal.read(400, of_openai(piece * 100_000))
    read_excess(piece * 100_000)
    assert time.process_time() - started < 0.5
