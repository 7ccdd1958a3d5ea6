"""Secrets that must not reach the log, by the name of their field and by their look, and words that must stay."""

import time

import pytest

from chatapp.redaction import MAX_CHARACTERS, REDACTED, redact, scrub

SECRET = "s3cr3t-Value.9"


@pytest.mark.parametrize(
    "text",
    [
        f"connecting to postgresql+psycopg://chatapp:{SECRET}@db:5432/chatapp",
        f"redis://:{SECRET}@localhost:6379/0",
        f"Authorization: Bearer {SECRET}",
        f"{{'authorization': 'Basic {SECRET}'}}",
        f"bearer {SECRET} was refused",
        f"Cookie: one=1; __Host-chatapp={SECRET}",
        f"set-cookie: chatapp={SECRET}; HttpOnly",
        f"X-API-Key: {SECRET}",
        f"GET /_event?token={SECRET}&transport=websocket",
        f"https://example.org/?a=1&access_token={SECRET}#here",
        f"password={SECRET}",
        f'{{"api_key": "{SECRET}"}}',
        f"OPENAI_API_KEY={SECRET}",
        f"wrong key sk-proj-{SECRET}",
        f"[SQL: INSERT INTO message ...]\n[parameters: ('id', '{SECRET}',\n'more')]",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_of_a_text(text: str) -> None:
    assert SECRET in text
    scrubbed = scrub(text)
    assert SECRET not in scrubbed
    assert REDACTED in scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "12 prompt tokens, 7 completion tokens",
        "error code: 429",
        "http://localhost:3000/c/1?page=2",
        "KeyError: 'model'",
        "[SQL: SELECT message.id FROM message]",
        "the task was cancelled",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(
    "name", ["password", "api_key", "API-Key", "metrics_token", "Set-Cookie", "client_secret", "text", "content"]
)
def test_a_field_of_a_secret_name_is_taken_out_whatever_it_holds(name: str) -> None:
    for value in ("any", 1, None, ["any"], {"any": "any"}):
        assert redact(None, "info", {name: value}) == {name: REDACTED}


def test_secrets_are_found_at_any_depth() -> None:
    event = {"request": {"headers": [{"Cookie": SECRET}, f"Bearer {SECRET}", (SECRET.encode(), b"password=" + b"p")]}}
    redacted = str(redact(None, "info", {**event, "error": ValueError(f"token={SECRET}")}))
    assert redacted.count(REDACTED) == 4
    assert f"Bearer {SECRET}" not in redacted


def test_numbers_keep_their_kind_and_counts_their_value() -> None:
    event = {"prompt_tokens": 12, "seconds": 0.5, "is_final": True, "attempt": None}
    assert redact(None, "info", dict(event)) == event


@pytest.mark.parametrize(
    "piece", ["a-", "-a", "token ", "token=", "token='", "Cookie ", "Cookie:\n", "?a", "://a:", "sk-", "Basic ", "_"]
)
def test_no_text_takes_longer_than_its_length_explains(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    started = time.process_time()
    scrub(text)
    assert time.process_time() - started < 2  # with time that grows by the square it would be minutes


def test_of_a_very_long_text_both_ends_are_kept_and_no_secret() -> None:
    text = "first " + "x" * MAX_CHARACTERS + f" password={SECRET} " + "y" * MAX_CHARACTERS + " last"
    scrubbed = scrub(text)
    assert scrubbed.startswith("first ")
    assert scrubbed.endswith(" last")
    assert len(scrubbed) < MAX_CHARACTERS + 50
    assert SECRET not in scrubbed
