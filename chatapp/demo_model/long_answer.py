"""Writes answers of any length: varied markdown that reads like a handbook and always ends with a whole sentence."""

from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

from chatapp.demo_model.code_samples import CODE_SAMPLES
from chatapp.demo_model.themes import THEMES, Theme
from chatapp.demo_model.tokens import merge_to, split_tokens

# What the closing paragraph needs at least, so that an answer does not end with a table or in the middle of a list.
_CLOSING_TOKENS = 24
_SENTENCES_PER_PARAGRAPH = 4


def long_answer(token_count: int) -> Iterator[str]:
    """Exactly `token_count` parts, ending with a whole sentence; the same for the same number."""
    left = token_count
    for block in _blocks():
        parts = split_tokens(block + "\n\n")
        if len(parts) > left - _CLOSING_TOKENS:
            break
        left -= len(parts)
        yield from parts
    yield from _closing(left)


def _blocks() -> Iterator[str]:
    yield "# A small handbook of everyday things"
    for number, theme in zip(count(1), cycle(THEMES), strict=False):
        yield f"## {number}. {theme.title}\n\n{' '.join(theme.sentences)}"
        for form in _FORMS_OF_CHAPTER[number % len(_FORMS_OF_CHAPTER)]:
            yield form(theme, number)


def _closing(token_count: int) -> list[str]:
    """Plain paragraphs of exactly `token_count` parts; some may be of several words."""
    pieces: list[str] = []
    sentences = cycle(sentence for theme in reversed(THEMES) for sentence in theme.sentences)
    for position in count():
        if len(pieces) >= token_count:
            break
        space = "\n\n" if position % _SENTENCES_PER_PARAGRAPH == 0 else " "
        pieces += split_tokens(f"{space if position else ''}{next(sentences)}")
    return merge_to(pieces, token_count) if token_count else []


def _bullets(theme: Theme, number: int) -> str:
    points = "\n".join(
        f"- **{point}**\n  - more on page {10 * number + step}" for step, point in enumerate(theme.points)
    )
    return f"### What to remember\n\n{points}"


def _steps(theme: Theme, number: int) -> str:
    points = "\n".join(f"{position}. {point}" for position, point in enumerate(theme.points, 1))
    return f"### Step by step\n\n{points}\n\n> Chapter {number} is best read with a pencil in hand, and a cup of tea."


def _powers(_: Theme, number: int) -> str:
    rows = "\n".join(f"| {n} | {n**2:,} | {n**3:,} | `{n:b}` |" for n in range(number, number + 5))
    return f"### Squares and cubes\n\n| n | n² | n³ | binary |\n|--:|--:|--:|:--|\n{rows}"


def _savings(_: Theme, number: int) -> str:
    percent = 2 + number % 5
    years = range(1, 6)
    rows = "\n".join(f"| {year} | ${1000 * (1 + percent / 100) ** year:,.2f} |" for year in years)
    return f"### What $1,000 becomes at {percent} %\n\n| After year | Balance |\n|:--:|--:|\n{rows}"


def _temperatures(_: Theme, number: int) -> str:
    degrees = range(-10 + number, 40 + number, 10)
    rows = "\n".join(
        f"| {celsius} °C | {celsius * 9 / 5 + 32:.1f} °F | {celsius + 273.15:.2f} K |" for celsius in degrees
    )
    return f"### How warm is it?\n\n| Celsius | Fahrenheit | Kelvin |\n|--:|--:|--:|\n{rows}"


def _code(_: Theme, number: int) -> str:
    sample = CODE_SAMPLES[number % len(CODE_SAMPLES)]
    return f"### The same in {sample.language}\n\n{sample.intro}\n\n```{sample.tag}\n{sample.with_number(number)}\n```"


def _integral(_: Theme, number: int) -> str:
    last = number + 2
    total = last * (last + 1) * (2 * last + 1) // 6
    return (
        f"### A sum and its limit\n\nAdding up the squares from 1 to $$n = {last}$$ gives\n\n"
        f"$$\n\\sum_{{k=1}}^{{{last}}} k^2 = \\frac{{n(n+1)(2n+1)}}{{6}} = {total}\n$$"
        f"\n\nand the area under the curve is close to it:\n\n"
        f"$$\n\\int_0^{{{last}}} x^2 \\, dx = \\frac{{{last}^3}}{{3}} \\approx {last**3 / 3:.2f}\n$$"
    )


def _triangle(_: Theme, number: int) -> str:
    a, b, c = 2 * number + 1, 2 * number * (number + 1), 2 * number * (number + 1) + 1
    return (
        f"### A right angle\n\nWith sides $${a}$$, $${b}$$ and $${c}$$ a triangle has a right angle, because\n\n"
        f"$$\n{a}^2 + {b}^2 = {a * a} + {b * b} = {c * c} = {c}^2\n$$"
    )


_FORMS: tuple[Callable[[Theme, int], str], ...] = (
    _bullets,
    _code,
    _powers,
    _integral,
    _steps,
    _savings,
    _code,
    _triangle,
    _temperatures,
)
# Three forms a chapter, another three in the next.
_FORMS_OF_CHAPTER = tuple(tuple(islice(cycle(_FORMS), 2 * first, 2 * first + 3)) for first in range(len(_FORMS)))
