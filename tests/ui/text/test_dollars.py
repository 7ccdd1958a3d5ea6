r"""`$x$` is a formula by pandoc's rule; prices, shells and other dollars stay what they are."""

import pytest

from chatapp.ui.text.dollars import LIMIT_CHARACTERS
from chatapp.ui.text.maths import MathsTranslator, translate


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("$x$", "$$x$$"),
        (r"so $E = mc^2$, $\alpha$ and ($-1$).", r"so $$E = mc^2$$, $$\alpha$$ and ($$-1$$)."),
        ("the $n$th, an $x$-axis, 2$x$", "the $$n$$th, an $$x$$-axis, 2$$x$$"),
        ("$x$$y$", "$$x$$ $$y$$"),
        ("$a\nb$", "$$a b$$"),
        ("> $a\n> b$", "> $$a b$$"),
        ("**$x$** _$y$_ # $z$", "**$$x$$** _$$y$$_ # $$z$$"),
        ("- $x$\n1. $y$", "- $$x$$\n1. $$y$$"),
        ("[$x$](https://a.example)$y$", "[$$x$$](https://a.example)$$y$$"),
        ("| $x$ | $|y|$ | $5 |", "| $$x$$ | $$\\vert y\\vert $$ | $5 |"),
        ("设$x$为整数，且$y>0$。", "设$$x$$为整数，且$$y>0$$。"),
        ("$速度 = 距离$", "$$速度 = 距离$$"),
        (r"$x \in A$, $n log n$, $x for y$", r"$$x \in A$$, $$n log n$$, $$x for y$$"),
        (r"$f = 1 \text{ if it is the last one}$", r"$$f = 1 \text{ if it is the last one}$$"),
        (r"$\$5$ and $a\$$", r"$$\$5$$ and $$a\$ $$"),
        ("it costs $5, so $x$ is $y$", "it costs $5, so $$x$$ is $$y$$"),
        ("$ ls\n\n$x$", "$ ls\n\n$$x$$"),
    ],
)
def test_a_formula_between_single_dollars_is_set(source: str, shown: str) -> None:
    assert translate(source) == shown


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10, or $3-$4, $5/$6, US$5-US$10, A$5 or C$7.",
        "$20,000 and $30,000, $1 million",
        "**$5** and **$6**",
        "a $5 bill and a 10$ note",
        "5$/month or 50$/year, 5$-10$, 5$ to 10$",
        "$5 (or 5$)",
        "$5. This costs 10$.",
        "价格是$5，也就是说10$。",
        "| $5 | $10 |\n|---|---|\n|$5|$10|\n| $5 | 6$ |",
        "- $5\n- 6$",
        "costs $5\n\nand 6$",
        "[costs $5](https://a.example/$x) $",
        "https://a.example/$x$/b [a](x$b$c) www.a.example/$x$",
        "$ ls -la $",
        "$HOME and $PATH, $PATH:$HOME, $HOME/$USER, ${a}/${b}",
        "$_ and $@, $1 or $2",
        '$("#a") or "$", "$"',
        "Outer$Inner$Deep",
        "^[a-z]+$, ^b$",
        r"\$x\$ and \$5",
        "`$x$` and ``a ` $y$``, $5 in `a$`",
        "```sh\n$x$\n```\n",
        "$total = the sum of all$",
        "$x $ and $ x$ and $",
    ],
)
def test_prices_shells_and_code_stay_as_they_are(text: str) -> None:
    assert translate(text) == text


def test_a_formula_is_shown_once_it_is_whole_and_a_price_at_its_first_word() -> None:
    translator = MathsTranslator()
    fed = [translator.feed(piece) for piece in ("Let $", "x", "_1", "$", " cost $5", " a", " month", " or more")]
    assert fed == ["Let ", "", "", "", "$$x_1$$ cost ", "", "$5 a month", " or more"]


@pytest.mark.parametrize("unit", ["x = ", "价", "5 + ", "α", "x_1, "])
def test_a_dollar_without_a_second_one_keeps_little_text_waiting(unit: str) -> None:
    translator, waiting = MathsTranslator(), 0
    shown, fed = translator.feed("a $"), "a $"
    for _ in range(2 * LIMIT_CHARACTERS):
        shown, fed = shown + translator.feed(unit), fed + unit
        waiting = max(waiting, len(fed) - len(shown))
    assert waiting <= LIMIT_CHARACTERS + len(unit)
