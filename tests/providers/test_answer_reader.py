"""One event of a stream is understood, or refused in words; nothing raw escapes."""

import json
from typing import Any

import pytest

from chatapp.endpoint_address import parse_address
from chatapp.errors import ProviderError
from chatapp.providers.answer_reader import AnswerReader
from chatapp.providers.base import FinishPart, Part, ReasoningPart, TextPart, UsagePart
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.sse import Event


def reader(max_characters: int = 1_000) -> AnswerReader:
    return AnswerReader(ErrorTranslator("Box", "", parse_address("http://box/v1")), "m", max_characters)


def delta(**fields: object) -> Event:
    return Event(json.dumps({"choices": [{"delta": fields}]}).encode())


def ended(answer: AnswerReader) -> ProviderError:
    """Why the answer failed, once no more events come."""
    with pytest.raises(ProviderError) as caught:
        list(answer.end())
    return caught.value


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
def test_each_servers_reasoning_is_kept_apart(field: str) -> None:
    assert reader().read(delta(**{field: "hm"}, content="")) == [ReasoningPart("hm")]


def test_reasoning_sent_under_two_names_comes_once() -> None:
    assert reader().read(delta(reasoning="hm", reasoning_content="hm")) == [ReasoningPart("hm")]


def test_reasoning_comes_before_the_text_of_the_same_event() -> None:
    assert reader().read(delta(content="a", reasoning="hm")) == [ReasoningPart("hm"), TextPart("a")]


def test_what_a_model_says_to_refuse_is_shown() -> None:
    assert reader().read(delta(content=None, refusal="I will not.")) == [TextPart("I will not.")]


def test_usage_and_finish_come_at_the_end_whatever_their_order() -> None:
    answer = reader()
    read: list[Part] = []
    read += answer.read(Event(b'{"choices": [{"delta": {}, "finish_reason": "length"}]}'))
    read += answer.read(Event(b'{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}'))
    assert read == []
    assert list(answer.end()) == [UsagePart(3, 4), FinishPart("length")]


def test_an_end_without_any_word_of_it_is_no_end() -> None:
    answer = reader()
    answer.read(delta(content="a"))
    assert ended(answer).code == "incomplete"


def test_the_mark_of_the_end_without_text_before_it_is_no_end() -> None:
    answer = reader()
    answer.read(delta(reasoning="a"))
    answer.read(Event(b"[DONE]"))
    assert ended(answer).code == "incomplete"


def test_half_a_pair_at_the_end_of_the_answer_is_not_lost() -> None:
    answer = reader()
    answer.read(delta(content="a\ud83d"))
    answer.read(Event(b'{"choices": [{"finish_reason": "stop"}]}'))
    assert list(answer.end()) == [TextPart("\ufffd"), FinishPart("stop")]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"choices": None, "usage": None},
        {"choices": []},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"role": "assistant", "content": None}}]},
        {"choices": [{"delta": {"content": "", "tool_calls": []}}], "error": None},
    ],
)
def test_events_without_text_bring_nothing(event: dict[str, Any]) -> None:
    answer = reader()
    assert answer.read(Event(json.dumps(event).encode())) == []
    assert not answer.has_failed


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b"[1]",
        b'{"choices": 7}',
        b'{"choices": {"a": 1}}',
        b'{"choices": [7]}',
        b'{"choices": [{"delta": 7}]}',
        b'{"choices": [{"delta": {"content": 7}}]}',
        b'{"choices": [{"delta": {"content": "\xff"}}]}',
        b'{"choices": [{"delta": {"content": "\xed\xa0\x80"}}]}',
        b'{"choices": [{"delta": {"content": [7]}}]}',
        b'{"choices": [{"delta": {"reasoning": 7}}]}',
        b"[" * 99_999,
    ],
)
def test_events_of_another_shape_are_malformed(payload: bytes) -> None:
    answer = reader()
    answer.read(Event(payload))
    assert ended(answer).code == "malformed"


def test_an_answer_without_end_is_cut_off_and_reasoning_counts() -> None:
    answer = reader(max_characters=100)
    answer.read(delta(reasoning="x" * 60))
    assert answer.read(delta(content="x" * 60)) == []
    assert ended(answer).code == "too_large"


@pytest.mark.parametrize("payload", [b"", b"  ", b"ping", b"keep-alive", b"null", b"7", b"9" * 99_999, b'"hello"'])
def test_events_that_say_nothing_of_the_answer_are_left_out(payload: bytes) -> None:
    answer = reader()
    answer.read(delta(content="a"))
    assert answer.read(Event(payload)) == []
    answer.read(Event(b"[DONE]"))
    assert list(answer.end()) == [FinishPart("stop")]
