r"""Maths as models write it becomes `$$`; code, prices and everything else stay as they are."""

import random
import time

import pytest

from chatapp.ui.text.maths import MathsTranslator, translate

SNIPPETS = [
    "\\(", "\\)", "\\[", "\\]", "\\\\", "\\", "$", "$$", "$$$", "`", "``", "```", "~~~", "~~~~", "\n", "\n\n", " ",
    "  ", "> ", "- ", "1. ", "x", "word ", "\\frac{1}{2}", "\r\n", "\t", "#", "|", "\\`", "\\$", "é", "$x$", "$5", "](",
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"a \(x\) b", "a $$x$$ b"),
        (r"\( x \)", "$$ x $$"),
        (r"\(a\) and \(b\)", "$$a$$ and $$b$$"),
        (r"\(a\)\(b\)", "$$a$$ $$b$$"),
        (r"\(a\)$5", "$$a$$ $5"),
        ("\\(a\nb\\)", "$$a b$$"),
        ("> \\(a\n> b\\)", "> $$a b$$"),
        (r"\(a \\[2pt] \{b\}\)", r"$$a \\[2pt] \{b\}$$"),
    ],
)
def test_inline_maths_is_put_between_dollars(source: str, shown: str) -> None:
    assert translate(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\[x\]", "$$\nx\n$$"),
        ("\\[\nx\n\\]\nmore", "$$\nx\n$$\nmore"),
        ("Text: \\[ x\\] more.", "Text: \n$$\nx\n$$\nmore."),
        ("\\[x\\]  \n\nmore", "$$\nx\n$$\n\nmore"),
        ("\\[x\\] \\[y\\]", "$$\nx\n$$\n$$\ny\n$$"),
        ("\\[a\\\\\nb\\]", "$$\na\\\\\nb\n$$"),
        ("\\[a \\\\] b\\]", "$$\na \\\\] b\n$$"),
        ("1. see \\[x\\]\n2. b", "1. see \n   $$\n   x\n   $$\n2. b"),
        ("- \\[x\\]", "- $$\n  x\n  $$"),
        ("- a\n\n  \\[\n  x\n  \\]\n- b", "- a\n\n  $$\n  x\n  $$\n- b"),
        ("- a \\[\nx\n\\]\n", "- a \n  $$\n  x\n  $$\n"),
        ("> \\[x\\] y", "> $$\n> x\n> $$\n> y"),
        ("> \\[\n> x\n> \\]\n> y", "> $$\n> x\n> $$\n> y"),
        ("\\[a\n> b\\]", "$$\na\n> b\n$$"),
        ("\\[\r\nx\r\n\\]\r\ny", "$$\r\nx\r\n$$\r\ny"),
    ],
)
def test_display_maths_stand_on_lines_of_their_own(source: str, shown: str) -> None:
    assert translate(source).replace("\r", "") == shown.replace("\r", "")


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10, or $5-$10.",
        r"Unmatched \) and \] stay.",
        r"Escaped \\(x\\) and \\[y\\].",
        r"`\(x\)` and ``a ` \(b\)`` stay.",
        "`over\nlines \\(x\\)`",
        "```\n\\(x\\)\n\n\\[y\\]\n```\n",
        "```tex\n\\(x\\)\n``\n``` no end\n\\(y\\)\n````",
        "~~~\n\\(x\\)\n```\n\\(y\\)\n~~~",
        "- a\n\n      ```\n      \\(x\\)\n      ```\n",
        "> ```\n> \\(x\\)\n> ```\n",
        "1. ```\n   \\(x\\)\n   ```\n",
        "```\n\\(never closed\\)\n\n\\(still code\\)",
        "```no`fence \\(x\\)```",
        r"Inline $$ \(x\) $$ too.",
        "~~struck~~ and a\\`b and C:\\dir\\",
        "# Title\n\n- list\n- [ ] task\n\n| a | b |\n|---|---|\n",
    ],
)
def test_text_without_maths_to_translate_stays_as_it_is(text: str) -> None:
    assert translate(text) == text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("```\n\\(x\\)\n```\n\\(x\\)", "```\n\\(x\\)\n```\n$$x$$"),
        ("~~~\n\\(\n~~~~ \n\\(a\\)", "~~~\n\\(\n~~~~ \n$$a$$"),
        ("```a` \\(x\\) ```\\(y\\)", "```a` \\(x\\) ```$$y$$"),
        ("`\\(` \\(a\\)", "`\\(` $$a$$"),
        ("`open \\(a\\)\n\n\\(b\\)", "`open \\(a\\)\n\n$$b$$"),
        ("a `open\n```\n\\(x\\)\n```\n\\(b\\)", "a `open\n```\n\\(x\\)\n```\n$$b$$"),
        ("$$x$$ \\(a\\)", "$$x$$ $$a$$"),
        ("a $$ open\n\n\\(b\\)", "a \\$\\$ open\n\n$$b$$"),
    ],
)
def test_maths_after_code_or_dollars_are_translated_again(source: str, shown: str) -> None:
    assert translate(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("$$E = mc^2$$", "$$\nE = mc^2\n$$"),
        ("a\n\n$$ x \\tag{1} $$\n\nb", "a\n\n$$\nx \\tag{1}\n$$\n\nb"),
        ("$$x$$ is", "$$x$$ is"),
        ("$$\na\n$$ is", "$$\na\n$$\nis"),
        ("splits as$$\nA = B\n$$\nwhere", "splits as\n$$\nA = B\n$$\nwhere"),
        ("\\[\nx = 1\n\n+ 2\n\\]", "$$\nx = 1\n+ 2\n$$"),
        ("- \\[\n  a\n\n  b\n  \\]", "- $$\n  a\n  b\n  $$"),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\nso",
         "$$\n\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n$$\nso"),
        ("| \\( |x| \\) | \\(\\|y\\|\\) |", "| $$ \\vert x\\vert  $$ | $$\\Vert y\\Vert $$ |"),
    ],
)  # fmt: skip
def test_displays_are_told_from_formulas_in_a_line(source: str, shown: str) -> None:
    assert translate(source) == shown


@pytest.mark.parametrize(
    "text",
    [
        "\\(open\n\nnext", "\\(open\n> \nnext", "\\[open\n\n# next", "\\[open\n```\n\\(\n```", "\\(open", "\\[open",
        "\\(\\)", "a group is written \\( and \\), and a bracket \\[ or \\].", r"C:\(old\)\new",
        "\\begin{itemize}\na\n\\end{itemize}", "\\begin{align}\nopen", "see \\begin{align}a\\end{align}",
    ],
)  # fmt: skip
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert translate(text) == text


@pytest.mark.parametrize(
    "dollars", ["$$ in cash", "| $$ | $$$ |", "$$", "$$$ a $$$", "$$\n\n# a", "tea $$ and coffee $$ too"]
)
def test_dollars_that_begin_no_formula_are_escaped(dollars: str) -> None:
    assert translate(dollars) == dollars.replace("$", "\\$")


def test_maths_in_a_triangle_are_no_prose() -> None:
    assert translate(r"The triangle \( ABC \) and \( mv \).") == "The triangle $$ ABC $$ and $$ mv $$."


def test_a_fence_of_markdown_holds_fences_with_a_language() -> None:
    inside = "# Tool\n\n```bash\nls\n```\n\n```python\nx\n```\nEnd.\n"
    assert translate(f"```markdown\n{inside}```  \nafter \\(x\\)") == f"``````markdown\n{inside}``````  \nafter $$x$$"


@pytest.mark.parametrize("seed", range(60))
def test_how_the_text_was_cut_never_shows(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        text = "".join(rng.choices(SNIPPETS, k=rng.randint(1, 40)))
        whole, longest = translate(text), rng.choice([1, 3, 10])
        translator, shown, at = MathsTranslator(), "", 0
        while at < len(text):
            size = rng.randint(1, longest)
            shown += translator.feed(text[at : at + size])
            at += size
        assert shown + translator.flush() == whole, repr(text)


def test_only_what_is_ambiguous_is_held_back() -> None:
    translator = MathsTranslator()
    fed = [translator.feed(piece) for piece in ("Hello\n", "a \\", "(x", "\\) ", " `", "`", "b``", ".\n", "\\[y\\]")]
    assert fed == ["Hello\n", "a ", "", "$$x$$ ", " ", "", "``b", "``.\n", "$$\ny\n$$"]
    assert translator.flush() == ""


def test_a_flushed_translator_is_empty() -> None:
    translator = MathsTranslator()
    assert translator.feed("a \\(b `") + translator.flush() == "a \\(b `"
    assert translator.flush() == ""


@pytest.mark.parametrize(
    "unit",
    [
        "Some words of plain text, and more. ",
        "a \\(x\\) `b` $5\n\n",
        "```\ncode\n```\n",
        "\\[\nx\n\\]\n",
        "`",
        "\\[",
        "\n ",
        "$$ a\n",
        "\\begin{align}\n",
        "\\(a",
        "$",
        "$ ",
        "$a",
        "$a_1 ",
        "www.$a",
    ],
)
def test_a_hundred_kilobytes_take_milliseconds(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    translate(text)
    # Nothing but maths takes 200 ms on a busy machine; a cost that grew with the square would take minutes.
    assert time.process_time() - started < 1
