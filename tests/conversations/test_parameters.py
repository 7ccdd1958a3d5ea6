"""What somebody types for an answer's settings, and what is made of it."""

import pytest

from chatapp.conversations.parameters import PARAMETERS, ParameterName, Value, parse, typed
from chatapp.errors import Invalid


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("temperature", "0.7", 0.7),
        ("temperature", " 0,7 ", 0.7),
        ("temperature", "0", 0.0),
        ("top_p", "1", 1.0),
        ("max_tokens", "4096", 4096),
        ("reasoning_effort", "low", "low"),
        ("stop", "END\n\n###", ["END", "###"]),
        ("stop", " a ", [" a "]),
    ],
)
def test_a_setting_is_what_was_typed(name: ParameterName, words: str, value: Value) -> None:
    assert parse(name, words) == value
    assert parse(name, typed(value)) == value


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("words", ["", " \n"])
def test_an_empty_box_sets_nothing(name: ParameterName, words: str) -> None:
    assert parse(name, words) is None
    assert typed(None) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("temperature", "2.1"),
        ("temperature", "-0.1"),
        ("temperature", "nan"),
        ("temperature", "inf"),
        ("temperature", "warm"),
        ("top_p", "1.5"),
        ("max_tokens", "0"),
        ("max_tokens", "1.5"),
        ("max_tokens", "\u00b2"),
        ("max_tokens", "9" * 20),
        ("reasoning_effort", "much"),
        ("stop", "1\n2\n3\n4\n5"),
        ("stop", "x" * 101),
    ],
)
def test_what_no_model_could_take_is_refused_in_words(name: ParameterName, words: str) -> None:
    with pytest.raises(Invalid):
        parse(name, words)
