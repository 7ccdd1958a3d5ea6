"""Titles: never empty, never a surprise, and by the model where it has something to say."""

import time

import pytest

from chatapp.conversations.titles import (
    NO_TITLE,
    PLAIN_TITLE_MAX_CHARACTERS,
    clean_title,
    fallback_title,
)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("Hi! What is 2 * 3?", "Hi! What is 2 * 3?"),
        ("\n\n# Fix **this** `code`\nprint(1)", "Fix this code"),
        ("> - 1. [Docs](https://example.org/a) please", "Docs please"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("What does __init__ do in some_class_name?", "What does __init__ do in some_class_name?"),
        ("Explain lifetimes in Rust. " + "I have tried a lot. " * 9, "Explain lifetimes in Rust."),
        ("Hi! " + "please explain " * 20, "Hi! please explain please explain please explain please…"),
        ("", NO_TITLE),
        (" \n\t\n", NO_TITLE),
        ("```\n```", NO_TITLE),
        ("\0\x1b\u202e\ud800", NO_TITLE),
        ("a\u202eb\tc  d", "ab c d"),
    ],
)
def test_the_plain_title_is_the_questions_first_line_as_text(question: str, title: str) -> None:
    assert fallback_title(question) == title


@pytest.mark.parametrize("piece", ["[", " ~~a", " **a", "`a", "> ", "# ", "<think>", "a. "])
def test_a_question_of_nothing_but_marks_costs_no_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    assert len(fallback_title(text)) <= PLAIN_TITLE_MAX_CHARACTERS
    assert len(clean_title(text)) <= PLAIN_TITLE_MAX_CHARACTERS
    assert time.process_time() - started < 1  # with time that grows by the square it was minutes


@pytest.mark.parametrize("question", ["x" * 500, "漢字" * 200, "👨\u200d👩\u200d👧" * 50, "e\u0301" * 100, "# " * 400])
def test_the_plain_title_of_anything_fits_one_line(question: str) -> None:
    title = fallback_title(question)
    assert 0 < len(title) <= PLAIN_TITLE_MAX_CHARACTERS
    assert not title.removesuffix("…").endswith("\u200d")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Reversing a list", "Reversing a list"),
        ('  "Reversing a list."\n', "Reversing a list"),
        ("**Title: “Reversing a list”**", "Reversing a list"),
        ("# Reversing\n\nIt is about lists.", "Reversing"),
        ("<think>\nThe user wants\n</think>\n\nReversing a list", "Reversing a list"),
        ("<think>The user wants a title, so", ""),
        ("Wait for it...", "Wait for it..."),
        ("What's a list?", "What's a list?"),
        ("a\0b\x07\u202e", "ab"),
        ("", ""),
        ("\n \n", ""),
        ("word " * 100, "word " * 11 + "word…"),
    ],
)
def test_what_a_model_says_is_made_a_title(said: str, title: str) -> None:
    assert clean_title(said) == title
