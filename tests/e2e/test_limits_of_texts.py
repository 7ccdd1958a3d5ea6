"""What a text may ask of the page, seen without one: no kind of nesting or repeating breaks or stalls the renderer."""

from collections.abc import Iterator

import pytest

from chatapp.cli.frontend import ensure_built
from chatapp.ui.text.accents import ACCENTS_MAX
from tests.e2e.rendered import Renderer, renderer, visible_text

SAYING = "This part is too complex to be formatted."
EXCESSIVE = {
    "quotes": ">" * 2_000 + " a",
    "lists": "- " * 2_000 + "a",
    "numbered lists": "1. " * 2_000 + "a",
    "lists on lines": "\n".join("  " * level + "- a" for level in range(300)),
    "tags": "<b>" * 2_000 + "x" + "</b>" * 2_000,
    "tables in tables": "<table><tr><td>" * 700 + "x" + "</td></tr></table>" * 700,
    "emphasis": "**a " * 2_000 + "b**" * 2_000,
    "mixed emphasis": "*a _b " * 1_500 + "c_ d*" * 1_500,
    "marks that end nothing": "*a_" * 7_000,
    "an address of marks": "www.a.example/" + "*_" * 10_000,
    "cells": "|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "|b" * 5_000,
    "links in cells": "|a" * 6 + "\n" + "|-" * 6 + "\n" + ("|[all](https://e.example/)" * 6 + "\n") * 100,
    "links in a list": "- [all](https://e.example/)\n" * 300,
    "addresses in a list": "- me@evil.example\n" * 900,
    "items": "- a\n" * 1_400,
    "items in items": "- a\n  - b\n" * 600,
    "footnotes": "[^1]" * 3_000 + "\n\n[^1]: x\n",
    "lines": "a\n" * 30_000,
}
BOUNDED = {
    "unclosed tags": "<div>" * 300,
    "roots": "$$" + r"\sqrt{" * 60 + "x" + "}" * 60 + "$$",
    "roots without braces": "$$" + r"\sqrt" * 250 + "x$$",
    "a matrix in a fence": "```math\n\\begin{matrix}\n" + "a & b \\\\\n" * 1_400 + "\\end{matrix}\n```",
    "macros": r"$$\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b}\c\c\c\c$$",
    "a word": "a" * 60_000,
}
ORDINARY = {
    "a table of 200 rows": "| a | b | c | d |\n|---|---|---|---|\n" + "| **a** | b | c | d |\n" * 200,
    "a list of 300 lines": "- **Word**: what it `means`, and more.\n" * 300,
    "a list of 200 sources": "- [Source](https://example.com/a): what it says.\n" * 200,
    "a list of 300 tasks": "- [ ] One more to do\n" * 300,
    "code of 1,000 lines": "```python\n" + "x = [a * b for a, b in c]  # <>|&$\n" * 1_000 + "```",
    "a long paragraph": "Some **strong** and *other* words, `code` and [links](https://example.com). " * 30,
    "a derivation": "$$\n\\begin{aligned}\n" + "a &= \\frac{b}{c} + d \\\\\n" * 30 + "\\end{aligned}\n$$",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    ensure_built(tmp_path_factory.mktemp("build") / "log")
    with renderer() as made:
        yield made


@pytest.mark.parametrize("kind", EXCESSIVE)
def test_what_asks_for_too_much_is_shown_as_it_was_written(shown: Renderer, kind: str) -> None:
    words = visible_text(shown.reloaded(EXCESSIVE[kind]))
    assert SAYING in words
    assert EXCESSIVE[kind].strip() in words


@pytest.mark.parametrize("kind", BOUNDED)
def test_what_renders_only_in_part_is_text_where_it_does_not(shown: Renderer, kind: str) -> None:
    html = shown.reloaded(BOUNDED[kind])
    assert 'class="katex"' not in html
    assert SAYING not in html


@pytest.mark.parametrize("kind", ORDINARY)
def test_what_people_ask_for_is_formatted(shown: Renderer, kind: str) -> None:
    html = shown.reloaded(ORDINARY[kind])
    assert SAYING not in html
    assert ('class="katex"' in html) == (kind == "a derivation")


@pytest.mark.parametrize("kind", EXCESSIVE | BOUNDED | ORDINARY)
def test_it_is_the_same_while_it_is_written(shown: Renderer, kind: str) -> None:
    text = (EXCESSIVE | BOUNDED | ORDINARY)[kind] + "\n\nThe end.\n"
    growing, done = shown.written([text])
    assert growing == done


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[https://bank.example](https://evil.example/x)", "https://bank.example (evil.example)"),
        ("[bank.example](https://evil.example)", "bank.example (evil.example)"),
        ("**[www.bank.example/login](https://bank.example.evil.example)**", "login (bank.example.evil.example)"),
        ("https://bank.example@evil.example/", "https://bank.example@evil.example/ (evil.example)"),
        ("[you@bank.example](mailto:me@evil.example)", "you@bank.example (evil.example)"),
        ("<a href='https://evil.example'>bank.example</a>", "bank.example (evil.example)"),
        ("[b\u00e4nk.example](https://bank.example)", "b\u00e4nk.example (bank.example)"),
        ("[bank\u200b.example](https://evil.example)", "(evil.example)"),
        ("[ba\u00adnk.example](https://evil.example)", "(evil.example)"),
        ("[bank\u3002example](https://evil.example)", "(evil.example)"),
        ("[\u202emoc.elpmaxe.live](https://moc.elpmaxe.live)", "(moc.elpmaxe.live)"),
    ],
)
def test_a_link_whose_words_are_another_address_says_where_it_leads(shown: Renderer, link: str, words: str) -> None:
    assert words in visible_text(shown.reloaded(link))


def test_where_a_link_leads_is_not_turned_around_with_its_words(shown: Renderer) -> None:
    assert "<bdi>(evil.example)</bdi>" in shown.reloaded("[bank.example\u202e](https://evil.example)")


@pytest.mark.parametrize(
    "link",
    [
        "[Node.js](https://nodejs.org)",
        "https://example.com/a",
        "[www.example.com](https://example.com/a)",
        "www.a.example",
        "[the source](https://example.com)",
        "me@example.com",
        "<https://example.com:8000/>",
    ],
)
def test_other_links_say_no_more_than_their_words(shown: Renderer, link: str) -> None:
    assert "(" not in visible_text(shown.reloaded(link))


def test_no_letter_has_more_accents_than_a_browser_can_draw_in_time(shown: Renderer) -> None:
    tower = "Z" + "\u0301" * 60_000
    assert visible_text(shown.reloaded(f"{tower} and `{tower}`")).count("\u0301") == 2 * ACCENTS_MAX
    growing, done = shown.written([tower[:40], tower[40:], " and more\n\n# The end"])
    assert growing == done
    assert visible_text(done).count("\u0301") == ACCENTS_MAX


def test_a_formula_in_a_link_is_text(shown: Renderer) -> None:
    html = shown.reloaded(r"[$$\rule{9em}{9em}$$](https://evil.example)")
    assert 'class="katex"' not in html
    assert r"\rule{9em}{9em}" in visible_text(html)


@pytest.mark.parametrize(
    "attribute",
    [
        "style='position:fixed'",
        "class='fixed inset-0'",
        "tabindex=1",
        "accesskey=s",
        "id=latest",
        "name=x",
        "autofocus",
        "srcset='https://evil.example/x 1x'",
        "height=9000",
        "width=9000",
        "popover",
        "target=_top",
        "onclick=x()",
    ],
)
@pytest.mark.parametrize(
    "name", ["a href='https://e.example/'", "td", "details", "b", "img src='https://e.example/' alt='x'"]
)
def test_no_attribute_but_those_that_are_needed_survives(shown: Renderer, name: str, attribute: str) -> None:
    plain, given = (f"<{name}{more}>word</{name.split(maxsplit=1)[0]}>" for more in ("", f" {attribute}"))
    if name == "td":
        plain, given = (f"<table><tr>{cell}</tr></table>" for cell in (plain, given))
    assert shown.reloaded(given) == shown.reloaded(plain)


@pytest.mark.parametrize(
    "target", ["/settings", "#latest", "../x", "c/1", "?a=1", "//evil.example", "tel:1", "data:,x"]
)
def test_links_lead_to_nothing_of_ours(shown: Renderer, target: str) -> None:
    html = shown.reloaded(f"[word]({target}) <a href='{target}'>word</a>")
    assert "href" not in html
