"""What an endpoint did wrong is said in words for people, with a kind for programs, and never with a secret."""

import random

import pytest

from chatapp.endpoint_address import parse_address
from chatapp.providers.explain import SHOWN_CHARACTERS, ErrorTranslator
from chatapp.providers.refusal import Refusal
from chatapp.words import words_of

KEY = "abc123-secret-of-the-operator"
ADDRESS = parse_address("http://box/v1")


def explain(status: int, body: object, retry_after_seconds: float | None = None) -> tuple[str, str]:
    headers = {} if retry_after_seconds is None else {"retry-after": str(retry_after_seconds)}
    error = ErrorTranslator("Box", KEY, ADDRESS).refusal(Refusal.read(status, body, headers), "m-1")
    return error.code, words_of(error)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "rejected"),
        (400, "rejected"),
        (401, "unauthorized"),
        (402, "rejected"),
        (403, "unauthorized"),
        (404, "rejected"),
        (413, "context_too_long"),
        (422, "rejected"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (503, "unavailable"),
    ],
)
def test_each_status_has_its_kind(status: int, code: str) -> None:
    assert explain(status, None)[0] == code
    assert explain(status, "<html><body>nginx</body></html>")[0] == code


@pytest.mark.parametrize(
    "body",
    [
        {"message": "...", "code": "context_length_exceeded"},
        {"message": "This model's maximum context length is 4096 tokens. However, you requested 5000"},
        {"object": "error", "message": "the request exceeds the available context size. try increasing it"},
        {"error": {"message": "x", "type": "exceed_context_size_error", "code": 400}},
        {"detail": "prompt is too long: 210000 tokens > 200000 maximum"},
        "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
    ],
)
def test_a_conversation_that_is_too_long_is_recognised_in_each_servers_words(body: object) -> None:
    assert explain(400, body)[0] == "context_too_long"


def test_a_refused_key_names_the_endpoint_and_who_can_help() -> None:
    assert explain(401, {"message": f"Incorrect API key provided: {KEY}"}) == (
        "unauthorized",
        "The model server 'Box' refuses the API key. Ask your administrator to check it. "
        "It says: Incorrect API key provided: [key]",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "in a moment"),
        (0.2, "in 1 s"),
        (7.66, "in 8 s"),
        (20, "in 20 s"),
        (600, "in 10 minutes"),
        (30_000, "in 8 hours"),
        (1_000_000, "in 12 days"),
        (float("inf"), "in a moment"),
    ],
)
def test_a_busy_model_says_when_to_try_again(seconds: float | None, words: str) -> None:
    assert explain(429, None, seconds) == ("rate_limited", f"The model is busy. Try again {words}.")


def test_an_empty_account_is_not_called_busy() -> None:
    code, words = explain(429, {"message": "You exceeded your current quota", "code": "insufficient_quota"})
    assert (code, "no credit" in words) == ("rejected", True)


def test_a_model_that_is_gone_is_named() -> None:
    assert explain(404, {"message": "model not found"})[1] == (
        "The model server 'Box' doesn't offer the model 'm-1'. Choose another model. It says: model not found"
    )


def test_an_address_where_nothing_is_names_the_address_and_not_the_model() -> None:
    address = parse_address("https://u:p@models.example/team?key=secret")
    explainer = ErrorTranslator("Box", KEY, address)
    for status, body in ((404, "404 page not found"), (404, "<html></html>"), (200, "<html><title>Hi</title></html>")):
        words = words_of(explainer.refusal(Refusal.read(status, body), "m-1"))
        assert "at https://models.example/team." in words
        assert "m-1" not in words
        assert "secret" not in words


def test_a_server_without_a_list_is_not_called_no_model_server() -> None:
    words = words_of(ErrorTranslator("Box", KEY, parse_address("http://h/v1")).refusal(Refusal.read(404, None), ""))
    assert words == (
        "The model server 'Box' has no list of models at http://h/v1. "
        "Ask your administrator to check the address, or to name its models."
    )


@pytest.mark.parametrize("status", [500, 502, 503, 529])
def test_a_problem_of_the_servers_own_is_told_in_its_words(status: int) -> None:
    words = "model requires more system memory (8.4 GiB) than is available (5.6 GiB)"
    assert explain(status, {"error": words}) == (
        "unavailable",
        f"The model server 'Box' has a problem of its own. Try again in a moment. It says: {words}",
    )


def test_secrets_of_the_address_are_not_repeated() -> None:
    explainer = ErrorTranslator("Box", "", parse_address("https://user77:pass%2577@models.example/v1?key=query77"))
    words = words_of(explainer.refusal(Refusal.read(400, "user77 pass%77 query77 are wrong"), "m"))
    assert words.endswith("It says: [key] [key] [key] are wrong")


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 402, 403, 404, 405, 408, 413, 429, 500])
@pytest.mark.parametrize("model", ["", "m" * 500])
def test_no_error_is_longer_than_what_the_page_has_room_for(status: int, model: str) -> None:
    address = parse_address(f"https://models.example/{'a' * 300}")
    refusal = Refusal.read(status, "not found " * 500, {"location": "/" + "b" * 500}, "https://models.example")
    words = words_of(ErrorTranslator("E" * 60, KEY, address).refusal(refusal, model))
    assert len(words) <= SHOWN_CHARACTERS


def test_a_refused_request_shows_the_servers_words_without_keys_and_addresses() -> None:
    words = explain(400, {"message": f"temperature {KEY} sk-proj-abcdefgh12 https://u:p@host/x is\nbad"})[1]
    assert words == "The model server 'Box' refuses this request. It says: temperature [key] [key] [address] is bad"


def test_a_servers_sermon_is_shortened() -> None:
    words = explain(400, {"message": "no " * 5_000})[1]
    assert words.endswith("no…")
    assert len(words) <= SHOWN_CHARACTERS


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"message": "x", "code": 429}, "rate_limited"),
        ({"message": "x", "code": 502}, "unavailable"),
        ({"message": "x", "code": "rate_limit_exceeded"}, "rate_limited"),
        ({"message": "x", "type": "invalid_request_error", "code": None}, "rejected"),
        ({"message": "Overloaded", "type": "overloaded_error"}, "unavailable"),
        ("just words", "unavailable"),
    ],
)
def test_an_error_inside_a_stream_has_a_kind_too(error: object, code: str) -> None:
    assert explain(0, {"error": error})[0] == code


PIECES = (
    "error",
    "model",
    "not found",
    "404",
    " try again in ",
    "1m30s",
    "context length",
    "\0",
    "\ud800",
    "<html>",
    "{",
)
NAMES = (
    "error",
    "message",
    "detail",
    "code",
    "errors",
    "base_resp",
    "status_code",
    "metadata",
    "raw",
    "retry_after",
    "loc",
)


def anything(dice: random.Random, depth: int = 0) -> object:
    """A body of random shape out of what error bodies are made of."""
    kind = dice.random()
    if kind < 0.3 or depth > 6:
        return "".join(dice.choices(PIECES, k=dice.randint(0, 30)))
    if kind < 0.5:
        return dice.choice([None, True, -1, 429, 1008, "401", 1e308, float("nan"), 10**400])
    if kind < 0.8:
        return {dice.choice(NAMES): anything(dice, depth + 1) for _ in range(3)}
    return [anything(dice, depth + 1) for _ in range(3)]


def test_whatever_a_server_sends_becomes_an_error_that_can_be_stored_and_shown() -> None:
    dice = random.Random(1)
    explainer = ErrorTranslator("Box", KEY, parse_address("http://box/v1"))
    for _ in range(2_000):
        body = anything(dice)
        refusal = Refusal.read(dice.choice([0, 200, 301, 400, 401, 403, 404, 408, 413, 429, 500]), body)
        words = words_of(explainer.refusal(refusal, dice.choice(["", "m"])))
        assert words.encode(), body
        assert "\0" not in words, body
        assert len(words) <= SHOWN_CHARACTERS, body
        assert refusal.seconds_until_retry is None or 0 <= refusal.seconds_until_retry <= 2, body
