"""What a server says instead of an answer is found in each server's shape, and comes down to the right reason."""

import json
import random
from typing import Any

import pytest

from chatapp.providers.refusal import Refusal

SHAPES: dict[str, Any] = {
    "OpenAI": {"error": {"message": "WORDS", "type": "server_error", "param": None, "code": None}},
    "vLLM of old": {"object": "error", "message": "WORDS", "type": "InternalServerError", "param": None, "code": 500},
    "Gemini": [{"error": {"code": 500, "message": "WORDS", "status": "INTERNAL"}}],
    "Anthropic": {"type": "error", "error": {"type": "api_error", "message": "WORDS"}, "request_id": "req_1"},
    "FastAPI": {"detail": "WORDS"},
    "FastAPI around OpenAI": {"detail": {"error": {"message": "WORDS"}}},
    "Ollama": {"error": "WORDS"},
    "Hugging Face": {"error": "WORDS", "error_type": "generation"},
    "Hugging Face's list": {"error": ["WORDS"], "warnings": ["There was an inference error"]},
    "Spring and Nest": {"statusCode": 500, "error": "Internal Server Error", "message": "WORDS"},
    "MiniMax": {"id": "x", "choices": None, "base_resp": {"status_code": 1013, "status_msg": "WORDS"}},
    "DashScope": {"code": "InternalError", "message": "WORDS", "request_id": "1"},
    "Baidu": {"error_code": 336000, "error_msg": "WORDS"},
    "AWS": {"Message": "WORDS", "__type": "InternalServerException"},
    "Cloudflare": {"success": False, "errors": [{"code": 7009, "message": "WORDS"}], "result": {}, "messages": []},
    "problem details": {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": "WORDS"},
    "OpenRouter": {"error": {"message": "Provider returned error", "code": 502, "metadata": {"raw": "WORDS"}}},
    "OpenRouter around JSON": {
        "error": {
            "message": "Provider returned error",
            "metadata": {"raw": json.dumps({"error": {"message": "WORDS"}})},
        }
    },
    "Mistral": {"object": "error", "message": {"detail": [{"type": "x", "msg": "WORDS"}]}, "code": None},
    "a text": "WORDS",
    "an error with a flag": {"error": True, "message": "WORDS"},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("as_text", [False, True])
def test_the_sentence_is_found_in_each_servers_shape(shape: str, as_text: bool) -> None:
    words = "model requires more system memory (8.4 GiB) than is available (5.6 GiB)"
    text = json.dumps(SHAPES[shape]).replace("WORDS", words)
    body = text if as_text and shape != "a text" else json.loads(text)
    assert Refusal.read(500, body).message == words


def test_the_sentence_is_found_however_the_shapes_are_put_into_one_another() -> None:
    dice = random.Random(1)
    wrappers = ("error", "detail", "message", "errors")
    for _ in range(300):
        body: Any = dice.choice(
            ["what went wrong", {"message": "what went wrong", "code": dice.choice([1, "x", None])}]
        )
        for wrapper in dice.choices(wrappers, k=dice.randint(0, 3)):
            body = dice.choice([{wrapper: body}, {wrapper: [body]}, [{wrapper: body, "code": 400}]])
            body = dice.choice([body, json.dumps(body)])
        assert Refusal.read(0, body).message == "what went wrong", body


def test_a_list_of_wrong_fields_names_each_of_them() -> None:
    fields = [
        {"type": "missing", "loc": ["body", "messages"], "msg": "Field required", "input": {}},
        {"type": "int_parsing", "loc": ["body", "messages", 0, "role"], "msg": "Input should be a string"},
    ]
    said = Refusal.read(422, {"detail": fields}).message
    assert said == "messages: Field required; messages.0.role: Input should be a string"


def test_of_a_web_page_its_title_is_what_it_says() -> None:
    refusal = Refusal.read(
        502, "\n<!DOCTYPE html>\n<html><title>a &amp; b | 502: Bad gateway</title><p>more</p></html>"
    )
    assert (refusal.message, refusal.is_page, refusal.reason) == ("a & b | 502: Bad gateway", True, "unavailable")


@pytest.mark.parametrize("body", [None, "", {}, [], 7, True, {"error": None}, {"error": {}}, "[" * 100_000, [[[[]]]]])
@pytest.mark.parametrize("status", [0, 400, 500])
def test_a_body_that_says_nothing_is_no_fault_of_ours(status: int, body: object) -> None:
    assert len(Refusal.read(status, body).message) <= 4_000


def test_a_body_that_never_ends_downwards_is_given_up() -> None:
    body: Any = "deep"
    for _ in range(500):
        body = {"error": [body]}
    assert Refusal.read(500, body).reason == "unavailable"


def test_an_error_in_a_stream_has_the_status_that_it_names() -> None:
    assert Refusal.read(0, {"error": {"code": "503", "message": "x"}}).status == 503
    assert Refusal.read(200, {"type": "invalid_request_error", "message": "x", "code": None}).status == 400
    assert Refusal.read(0, {"base_resp": {"status_code": 1039, "status_msg": "x"}}).status == 429
    assert Refusal.read(0, {"code": 20012, "message": "x"}).status == 0


REASONS: list[tuple[str, int, Any]] = [
    # context_too_long
    ("context_too_long", 400, {"error": {"message": "x", "code": "context_length_exceeded"}}),
    ("context_too_long", 0, {"error": {"code": 400, "message": "x", "type": "exceed_context_size_error"}}),
    ("context_too_long", 0, {"message": "Requested token count exceeds the limit of the model: 9000 > 8192"}),
    (
        "context_too_long",
        0,
        {"error": "`inputs` tokens + `max_new_tokens` must be <= 4096", "error_type": "validation"},
    ),
    ("context_too_long", 400, "This model's maximum prompt length is 131072 but the request contains 200000 tokens."),
    ("context_too_long", 400, "Requested tokens (5000) exceed context window of 2048"),
    ("context_too_long", 400, "Input tokens exceed the configured limit of 272000 tokens."),
    ("context_too_long", 400, {"message": "prompt token count of 130000 exceeds the limit of 128000"}),
    ("context_too_long", 413, {"error": {"code": "tokens_limit_reached", "message": "Request body too large"}}),
    ("context_too_long", 413, "<html><title>413 Request Entity Too Large</title></html>"),
    # no_credit
    ("no_credit", 429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
    ("no_credit", 400, {"error": {"message": "Your credit balance is too low to access the Anthropic API."}}),
    ("no_credit", 403, {"error": {"message": "Key limit exceeded (total limit).", "code": 403}}),
    ("no_credit", 0, {"choices": None, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
    ("no_credit", 402, None),
    # rate_limited
    ("rate_limited", 429, None),
    (
        "rate_limited",
        413,
        {
            "error": {
                "message": "Request too large on tokens per minute (TPM): Limit 6000",
                "code": "rate_limit_exceeded",
            }
        },
    ),
    (
        "rate_limited",
        413,
        {"error": {"message": "Request too large: tokens per minute (TPM): Limit 6000", "code": 413}},
    ),
    ("rate_limited", 429, {"message": "Too many tokens, please wait before trying again."}),
    (
        "rate_limited",
        429,
        [{"error": {"code": 429, "message": "You exceeded your current quota. Please retry in 34.07s."}}],
    ),
    ("rate_limited", 0, {"error": {"message": "x", "type": "rate_limit_error"}}),
    ("rate_limited", 0, {"code": "Throttling.RateQuota", "message": "x"}),
    # bad_key
    ("bad_key", 401, None),
    ("bad_key", 400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]),
    ("bad_key", 400, {"error": {"message": "x", "details": [{"reason": "API_KEY_INVALID"}]}}),
    ("bad_key", 403, None),
    ("bad_key", 403, {"message": "Forbidden"}),
    ("bad_key", 403, {"error": "This authentication method does not have sufficient permissions"}),
    ("bad_key", 0, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
    # missing_model
    ("missing_model", 404, {"error": {"message": "The model `m` does not exist.", "code": 404}}),
    ("missing_model", 404, {"error": {"message": 'model "m" not found, try pulling it first'}}),
    ("missing_model", 404, {"error": {"type": "not_found_error", "message": "model: claude-9"}}),
    ("missing_model", 404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}),
    ("missing_model", 400, {"error": {"message": "Model Not Exist", "type": "invalid_request_error"}}),
    ("missing_model", 403, {"error": {"message": "no access", "code": "model_not_found"}}),
    # wrong_address
    ("wrong_address", 404, None),
    ("wrong_address", 404, "404 page not found"),
    ("wrong_address", 404, {"detail": "Not Found"}),
    ("wrong_address", 404, {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}),
    ("wrong_address", 404, {"error": {"message": "Invalid URL (POST /chat/completions)"}}),
    ("wrong_address", 404, "<html><title>404</title></html>"),
    ("wrong_address", 405, {"detail": "Method Not Allowed"}),
    ("wrong_address", 0, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
    ("wrong_address", 0, "<!doctype html><title>Sign in</title><p>Please log in to the gateway</p>"),
    # the rest
    ("rejected", 404, {"error": {"message": "No endpoints found matching your data policy (Free model publication)."}}),
    (
        "rejected",
        404,
        {"error": {"message": "No allowed providers are available for the selected model.", "code": 404}},
    ),
    ("rejected", 403, {"error": {"message": "m requires moderation. Your input was flagged for violence."}}),
    ("rejected", 403, {"error": {"message": "Country, region, or territory not supported"}}),
    ("rejected", 400, [{"error": {"code": 400, "message": "User location is not supported for the API use."}}]),
    ("rejected", 400, {"error": {"message": "The prompt triggered content management", "code": "content_filter"}}),
    ("rejected", 0, {"error": {"message": "The model is still being loaded onto the card", "code": 400}}),
    ("timed_out", 408, None),
    ("unavailable", 500, {"error": "model requires more system memory (8.4 GiB) than is available (5.6 GiB)"}),
    ("unavailable", 503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
    ("unavailable", 529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    ("unavailable", 0, {"detail": "The adapter 'fr' is not loaded on this replica"}),
    ("unavailable", 0, {"message": "The model crashed for an unknown reason", "code": 500}),
]


@pytest.mark.parametrize(("reason", "status", "body"), REASONS)
def test_each_servers_words_come_down_to_the_right_reason(reason: str, status: int, body: object) -> None:
    assert Refusal.read(status, body).reason == reason


@pytest.mark.parametrize(("reason", "status", "body"), REASONS)
def test_the_reason_does_not_depend_on_what_is_wrapped_around(reason: str, status: int, body: object) -> None:
    if isinstance(body, dict):
        assert Refusal.read(status, json.dumps([body], indent=2)).reason == reason


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (500, {}, None, 0.5),
        (503, {"retry-after": "1"}, None, 1),
        (503, {"retry-after": "20"}, None, None),
        (408, {}, None, 0.5),
        (425, {}, None, 0.5),
        (429, {}, None, None),
        (429, {"retry-after-ms": "250"}, None, 0.25),
        (429, {}, {"error": {"message": "Please try again in 1.2s."}}, 1.2),
        (413, {}, {"error": {"message": "tokens per minute (TPM). Please try again in 130ms."}}, 0.13),
        (429, {"retry-after": "1"}, {"error": {"message": "x", "code": "insufficient_quota"}}, None),
        (400, {"retry-after": "1"}, None, None),
        (401, {}, None, None),
    ],
)
def test_only_what_passes_soon_is_asked_again(
    status: int, headers: dict[str, str], body: object, seconds: float | None
) -> None:
    assert Refusal.read(status, body, headers).seconds_until_retry == seconds


@pytest.mark.parametrize(
    ("location", "moved_to"),
    [
        ("https://new.example/v1/chat/completions", "https://new.example/v1"),
        ("/v2/chat/completions/", "http://old.example:81/v2"),
        ("https://u:p@new.example/v1/models?key=secret#x", "https://new.example/v1"),
        ("//new.example/login", "http://new.example/login"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
    ],
)
def test_a_redirect_tells_the_address_to_set(location: str, moved_to: str) -> None:
    refusal = Refusal.read(308, "", {"location": location}, "http://old.example:81/v1/chat/completions")
    assert (refusal.moved_to, refusal.reason) == (moved_to, "moved")
