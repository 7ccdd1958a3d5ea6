"""The catalogue of sentences: each reason has one, and no parameter is more than what it is filled with."""

import re
import string

import pytest

from chatapp import sentences, words
from chatapp.errors import ChatappError, CommandError, ProviderError, TooMany
from chatapp.words import WORDS, say, say_around_wait, words_of

GENERAL = WORDS["error"]

OTHER_WORDS = re.compile(r"(?i)\b(conversation|thread|endpoint|provider|back ?end|question|please|pick|whoever|cannot)")
"""Said as chat, model server, message, choose, administrator and can't; and without ceremony."""


def parameters_of(reason: str) -> dict[str, str]:
    """The parameters of a sentence, with their formats."""
    return {name: spec or "" for _, name, spec, _ in string.Formatter().parse(WORDS[reason]) if name}


def filled(reason: str) -> str:
    """The sentence with something for each parameter: a number where it is written as one."""
    return say(reason, {name: 1_234 if spec else "a word" for name, spec in parameters_of(reason).items()})


@pytest.mark.parametrize("reason", WORDS)
def test_every_sentence_is_whole_once_its_parameters_are_filled_in(reason: str) -> None:
    sentence = filled(reason)
    assert not {"{", "}", "None"} & set(sentence.split())
    assert "{" not in sentence
    assert reason == "error" or sentence != GENERAL


@pytest.mark.parametrize("reason", WORDS)
def test_a_sentence_without_its_parameters_is_never_shown_with_holes(reason: str) -> None:
    assert say(reason, {}) == (GENERAL if parameters_of(reason) else WORDS[reason])


def test_no_reason_has_two_sentences() -> None:
    groups = [group for name, group in vars(sentences).items() if name.isupper()]
    assert sum(map(len, groups)) == len(WORDS)


def test_what_is_no_failure_is_a_reason_of_the_catalogue() -> None:
    assert WORDS.keys() >= words.NOTICES


def test_there_is_one_word_for_one_thing() -> None:
    labels = {name: text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)}
    for name, text in {**WORDS, **labels}.items():
        found = OTHER_WORDS.search(re.sub(r"\{.*?\}|[A-Z_]{6,}", "", text))
        assert found is None, f"{name} says {found}"


def test_what_a_newer_version_has_stored_is_told_in_general() -> None:
    assert say("of_the_year_2040", {"said": "hello", "limit": 3}) == GENERAL
    assert say("argument_too_long", {"limit": "3 lines"}) == GENERAL
    assert say("argument_too_long", {"most": 3}) == GENERAL
    assert say("", {}) == GENERAL


@pytest.mark.parametrize(
    "hostile", ["{endpoint}", "{0}", "{", "}", "{said.__class__}", "{{", "%s", "{endpoint:>99999}"]
)
def test_a_parameter_is_text_and_never_a_format(hostile: str) -> None:
    error = ProviderError("request_refused", code="rejected", endpoint=hostile, said=hostile)
    assert words_of(error) == f"The model server '{hostile}' refuses this request. It says: {hostile}"


def test_numbers_are_written_as_people_read_them() -> None:
    assert "200,000 characters" in say("argument_too_long", {"limit": 200_000})
    assert "within 7.5 s" in say("cannot_connect", {"endpoint": "Box", "seconds": 7.5})
    assert "within 5 s" in say("cannot_connect", {"endpoint": "Box", "seconds": 5.0})


@pytest.mark.parametrize(
    ("seconds", "when"),
    [(None, "in a moment"), (0.2, "in 1 s"), (119, "in 119 s"), (150, "in 3 minutes"), (30_000, "in 8 hours")],
)
def test_when_to_try_again_is_said_in_a_fitting_unit(seconds: float | None, when: str) -> None:
    assert say("model_busy", {"retry_after_seconds": seconds}) == f"The model is busy. Try again {when}."


def test_a_sentence_is_split_where_its_wait_belongs() -> None:
    before, behind = say_around_wait(TooMany("too_many_questions", retry_after_seconds=60))
    assert f"{before}in 60 s{behind}" == words_of(TooMany("too_many_questions", retry_after_seconds=60))
    assert say_around_wait(TooMany("too_many_at_once", limit=3)) == (say("too_many_at_once", {"limit": 3}), "")


def test_an_error_of_the_command_line_says_its_own_sentence() -> None:
    assert words_of(CommandError("There is no file {x}.")) == "There is no file {x}."


def test_an_error_without_a_reason_of_its_own_says_what_its_class_says() -> None:
    assert words_of(ChatappError()) == GENERAL
    for error in (kind for kind in ChatappError.__subclasses__() if kind.code in WORDS and kind is not CommandError):
        assert words_of(error()) == WORDS[error.code]
