"""Texts that try to break, slow or cover the page, made by seed: KaTeX, tables, nesting, emphasis, HTML, links."""

import random
from collections.abc import Callable

Kind = Callable[[random.Random], str]
LINK = "[all of it](https://evil.example/)"


def text(seed: int) -> str:
    """The text of this seed; neighbouring seeds are of different kinds, and every tenth is of two."""
    rng = random.Random(seed)
    kinds = [KINDS[seed % len(KINDS)]]
    if seed % 10 == 9:
        kinds.append(rng.choice(KINDS))
    return "\n\n".join(["Before.", *(kind(rng) for kind in kinds), f"After. {LINK}"])


def _count(rng: random.Random) -> int:
    """How often something is repeated: usually near a limit of the page or far above it."""
    return rng.choice([3, 60, 99, 101, 190, 400, 2_000, 7_000])


def _nested_blocks(rng: random.Random) -> str:
    mark = rng.choice([">", "> ", "- ", "1. ", "> - ", ">1. "])
    return mark * _count(rng) + "a"


def _staircase(rng: random.Random) -> str:
    mark, step = rng.choice([("- a", "  "), ("1. a", "   "), (" a", ">"), ("a", "\t")])
    return "\n".join(step * level + mark for level in range(min(_count(rng), 300)))


def _nested_tags(rng: random.Random) -> str:
    name = rng.choice(["div", "b", "sub", "a href='https://evil.example'", "table><tr><td", "details", "kbd", "span"])
    end = "".join(f"</{part.split()[0]}>" for part in reversed(name.split("><")))
    gap, count = rng.choice(["", "x", "\n", "\n\n"]), min(_count(rng), 2_000)
    return f"<{name}>{gap}" * count + "x" + f"{gap}{end}" * rng.choice([0, count])


def _attributes(rng: random.Random) -> str:
    attribute = rng.choice(
        [
            "style='position:fixed;inset:0;z-index:9'",
            "class='fixed inset-0 z-50'",
            "tabindex=1",
            "accesskey=s",
            "id=latest",
            "srcset='https://evil.example/x 1x'",
            "rowspan=65534",
            "colspan=1000",
            "height=9000",
            "autofocus",
            "popover",
        ]
    )
    name = rng.choice(["a href='https://evil.example/'", "td", "img src=x", "table", "details open", "b", "input"])
    ending = f"</{name.split()[0]}>"
    cell = f"<{name} {attribute}>word{ending}"
    return f"<table><tr>{cell * rng.choice([1, 50])}</tr></table>" if name == "td" else cell


def _emphasis(rng: random.Random) -> str:
    piece = rng.choice(["*a_", "**a ", "*a _b ", "~~a *b ", "***a **b *c ", "_a_*", "**字。**字", "a_", "*", "_ *a"])
    closing = rng.choice(["", " b**", "_ a*", "c_ d*"])
    count = _count(rng)
    return piece * count + closing * count


def _brackets(rng: random.Random) -> str:
    piece = rng.choice(
        ["[", "[a](", "![", "[a](https://evil.example/x) ", "[^1]", "<a ", "`a``b", "$$a$$ ", "&amp;", r"\*"]
    )
    return piece * _count(rng) + rng.choice(["", "]" * 500, "\n\n[^1]: x"])


def _long(rng: random.Random) -> str:
    piece = rng.choice(["a", "a.", "字", "www.a.example/*_", "a@", "http://", "Z\u0301\u0301\u0301", "\u202e", "x y "])
    return piece * rng.choice([2_000, 20_000, 60_000 // len(piece)])


def _table(rng: random.Random) -> str:
    columns = rng.choice([1, 6, 40, 1_000])
    rows = min(_count(rng), 20_000 // columns)
    return "\n".join(
        "|" + cell * columns for cell in ["a|", "-|", *[rng.choice(["b|", LINK + "|", "|", "$$x$$|"])] * rows]
    )


def _lines(rng: random.Random) -> str:
    piece = rng.choice(["# a", "---", "a", "- a", "a\n", "    a", "```\nx\n```", "[a]: https://evil.example/", "> a\n"])
    return f"{piece}\n" * min(_count(rng), 3_000)


def _covering_formula(rng: random.Random) -> str:
    word = r"\href{https://evil.example/}{\text{CLICK}}"
    size = rng.choice(["9em", "999em", "9999px", "-99em", "1e6pt"])
    part = rng.choice(
        [
            rf"\smash{{\rule{{{size}}}{{{size}}}}}",
            rf"\rlap{{{word * 20}}}",
            rf"\raisebox{{{size}}}{{{word}}}",
            r"\Huge " * 30,
            rf"\colorbox{{red}}{{\rule{{{size}}}{{{size}}}}}",
            rf"\hspace{{{size}}}{word}",
            rf"\kern{{{size}}}{word}",
            rf"\vspace{{{size}}}{word}",
            rf"\\[{size}]{word}",
            rf"\rule[{size}]{{{size}}}{{{size}}}",
            r"\!" * 300 + word,
            rf"\llap{{\rule{{{size}}}{{{size}}}}}",
            r"\overbrace{" * 40 + word + "}" * 40,
            rf"\mathclap{{{word * 20}}}",
        ]
    )
    formula = rng.choice([part, part * 20, rf"\smash{{{part}}}", rf"\Huge{{{part}}}"])
    return rng.choice(
        ["$$\n{}\n$$", "[$$ {} $$](https://evil.example/)", r"\({}\)", "| {} |\n|---|", "```math\n{}\n```"]
    ).format(formula)


def _long_formula(rng: random.Random) -> str:
    count = _count(rng)
    formula = rng.choice(
        [
            "x+" * count,
            r"\sqrt" * count + "x",
            r"\frac{a}{" * count + "x" + "}" * count,
            "a^{" * count + "}" * count,
            "\\begin{matrix}\n" + "a & b \\\\\n" * count + "\\end{matrix}",
            r"\left(" * count + r"\right)" * count,
            r"\def\a{xxxxxxxxxxxxxxxx}\def\b{" + r"\a" * 40 + r"}" + r"\b" * count,
            r"\text{" * count,
            r"\color{red}" * count,
        ]
    )
    return rng.choice(["$$\n{}\n$$", "```math\n{}\n```", "$${}$$", r"\[ {} \]"]).format(formula)


def _misleading_link(rng: random.Random) -> str:
    words = rng.choice(["https://bank.example", "bank.example", "www.bank.example/login", "you@bank.example"])
    target = rng.choice(
        ["https://evil.example", "https://bank.example@evil.example/", "/login", "#fragment", "javascript:x"]
    )
    return f"[{words}]({target})"


KINDS: tuple[Kind, ...] = (
    _nested_blocks,
    _emphasis,
    _covering_formula,
    _nested_tags,
    _long_formula,
    _brackets,
    _table,
    _covering_formula,
    _staircase,
    _long,
    _attributes,
    _lines,
    _misleading_link,
)
