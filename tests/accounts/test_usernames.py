"""Which names may be had, and which are the same."""

import pytest

from chatapp.accounts import usernames
from chatapp.errors import Invalid
from chatapp.words import words_of


@pytest.mark.parametrize("name", ["ada", "Ada.Lovelace", "ada@example.org", "李白", "अमिता", "Ωmega_9", "a" * 40])
def test_letters_marks_and_digits_of_any_script_make_a_name(name: str) -> None:
    assert usernames.clean(f" {name} ") == name


@pytest.mark.parametrize(
    "name", ["", "   ", "a b", "a\u200bb", "a\x00b", "a\nb", "a" * 41, "\u0301a", "<b>", "a/b", "\ufdfa" * 40, "\ud800"]
)
def test_anything_else_is_refused_in_words(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        usernames.clean(name)
    assert words_of(refused.value).startswith(("Use ", "Enter "))


@pytest.mark.parametrize("other", ["ADA", "ａｄａ", " ada "])
def test_case_and_width_make_no_difference(other: str) -> None:
    assert usernames.key(other) == usernames.key("ada")


def test_an_impossible_name_still_has_a_key() -> None:
    assert len(usernames.key("\x00" * 100_000)) <= usernames.MAX_RAW_CHARACTERS
