"""What the annotations of a handler say about its arguments, and what passes by that."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from annotated_types import MaxLen
from typing_extensions import TypedDict

from chatapp.errors import Invalid
from chatapp.web.arguments import Arguments, Key, Typed


class Note(TypedDict):
    """A form."""

    title: Key
    text: Annotated[Typed, MaxLen(1_000)]


def take_text(_state: Any, text: Annotated[Typed, MaxLen(10)], key: Key = "") -> None: ...
def take_form(_state: Any, form: Note) -> None: ...
def take_flag(_state: Any, flag: bool) -> None: ...
def take_step(_state: Any, step: Literal[-1, 1]) -> None: ...
def take_list(_state: Any, keys: Annotated[list[Key], MaxLen(2)]) -> None: ...
def take_nothing(_state: Any) -> None: ...


FORM = {"title": "a", "text": "b\n\t\ud800"}
HALF_A_PAIR = "\ud800"


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (take_text, {"text": ""}),
        (take_text, {"text": "é" * 10, "key": "k" * 100}),
        (take_text, {"text": HALF_A_PAIR * 10}),
        (take_form, {"form": FORM}),
        (take_form, {"form": {"__reflex_form_data__": [[name, value] for name, value in FORM.items()]}}),
        (take_form, {"form": {"__reflex_form_data__": [["title", 5], ["title", "a"], ["text", ""]]}}),
        (take_flag, {"flag": False}),
        (take_step, {"step": -1}),
        (take_list, {"keys": ["a", "b"]}),
        (take_nothing, {}),
    ],
)
def test_what_the_annotations_say_passes(handler: Callable[..., Any], payload: Any) -> None:
    arguments = Arguments.of(handler)
    assert arguments.have_names_of(payload)
    arguments.check(payload)


NO_TEXTS: tuple[object, ...] = (5, None, True, [], {}, b"x", "x" * 11, HALF_A_PAIR * 11)
NO_FORMS: tuple[object, ...] = (None, 5, "x", [], {}, {"title": "a"}, {**FORM, "more": ""})
NO_STEPS: tuple[object, ...] = (0, 2, "1", 1.5, 10**30, None, [], {})
NO_LISTS: tuple[object, ...] = (None, "ab", ["a"] * 3, [5], {"a": 1})


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        *((take_text, {"text": value}) for value in NO_TEXTS),
        *((take_text, {"text": "", "key": value}) for value in (None, 5, "k" * 101, "\0", "\n", HALF_A_PAIR)),
        *((take_form, {"form": value}) for value in NO_FORMS),
        *((take_form, {"form": {**FORM, name: 5}}) for name in FORM),
        (take_form, {"form": {"__reflex_form_data__": [["title", "a"], ["text", {"name": "a file"}]]}}),
        (take_form, {"form": {"__reflex_form_data__": [["title", "a"], ["text", ""], ["more", ""]]}}),
        *((take_flag, {"flag": value}) for value in (0, 1, "true", None)),
        *((take_step, {"step": value}) for value in NO_STEPS),
        *((take_list, {"keys": value}) for value in NO_LISTS),
    ],
)
def test_nothing_else_is_let_pass(handler: Callable[..., Any], payload: Any) -> None:
    with pytest.raises(Invalid):
        Arguments.of(handler).check(payload)


@pytest.mark.parametrize(
    ("handler", "payload"),
    [(take_text, {}), (take_text, {"key": ""}), (take_text, {"text": "", "more": ""}), (take_nothing, {"_state": ""})],
)
def test_arguments_of_other_names_do_not_pass(handler: Callable[..., Any], payload: Any) -> None:
    arguments = Arguments.of(handler)
    assert not arguments.have_names_of(payload)
    with pytest.raises(Invalid):
        arguments.check(payload)


@pytest.mark.parametrize(
    ("handler", "longest"), [(take_text, 100), (take_form, 1_000), (take_flag, 0), (take_list, 100), (take_nothing, 0)]
)
def test_the_longest_text_among_the_arguments_is_known(handler: Callable[..., Any], longest: int) -> None:
    assert Arguments.of(handler).max_characters == longest


def test_what_is_too_long_is_told_with_the_length_that_it_may_have() -> None:
    with pytest.raises(Invalid, match=r"argument_too_long.*1000"):
        Arguments.of(take_form).check({"form": {"title": "a", "text": "x" * 1_001}})
