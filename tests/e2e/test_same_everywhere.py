"""The same text looks the same while it streams, when it is done and after a reload, and no word of it vanishes."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.cli.frontend import ensure_built
from chatapp.ui.text.maths import MathsTranslator
from tests.e2e.rendered import Renderer, renderer, visible_text

ANSWERS = {path.stem: path.read_bytes().decode() for path in sorted(Path(__file__).with_name("answers").glob("*.md"))}
LONG = {
    "references after nine thousand characters": "".join(
        f"Paragraph {n} tells of [the source][s{n % 3}] and of [another][s{(n + 1) % 3}], at some length.\n\n"
        for n in range(120)
    )
    + "[s0]: https://example.com/0\n[s1]: https://example.com/1\n[s2]: https://example.com/2\n",
    "plain paragraphs": "".join(f"Paragraph {n}, as plain as the others, at some length.\n\n" for n in range(300)),
}
GROWING = [name for name in ANSWERS if name.startswith("growing")]
CLOSED = "\n\n# The end\n\nNo more.\n"
"""Half-written markup at the very end of a text is shown as closed while it grows, and half a formula not at all."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    ensure_built(tmp_path_factory.mktemp("build") / "log")
    with renderer() as made:
        yield made


def cut(text: str, rng: random.Random) -> list[str]:
    """The text in pieces of random sizes."""
    pieces, longest = [], rng.choice([3, 40, 300])
    while text:
        size = rng.randint(1, longest)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


@pytest.mark.parametrize("name", [*ANSWERS, *LONG])
def test_a_text_looks_the_same_while_it_streams_when_it_is_done_and_after_a_reload(shown: Renderer, name: str) -> None:
    text = (ANSWERS | LONG)[name] + CLOSED
    growing, done = shown.written(cut(text, random.Random(name)))
    assert done == shown.reloaded(text)
    assert growing == done


@pytest.mark.parametrize("part", range(10))
def test_so_do_five_hundred_random_texts_that_are_cut_anywhere(shown: Renderer, part: int) -> None:
    for seed in range(50 * part, 50 * part + 50):
        rng = random.Random(seed)
        text = rng.choice(["\n\n", "\n"]).join(rng.choices([*ANSWERS.values(), *LONG.values()], k=rng.randint(2, 5)))
        text = text[: rng.randint(len(text) // 2, len(text))]
        _, done = shown.written(cut(text, rng))
        assert done == shown.reloaded(text), seed
        growing, done = shown.written(cut(text + CLOSED, rng))
        is_folded = text.count("<details>") > text.count("</details>")  # as long as its end may come
        assert growing == done or is_folded, seed


@pytest.mark.parametrize("name", GROWING)
def test_what_is_shown_of_a_growing_text_is_the_beginning_of_the_whole(shown: Renderer, name: str) -> None:
    def words(html: str) -> str:
        return re.sub(r"[\s\u200b]", "", visible_text(html))

    whole, translator, source = words(shown.reloaded(ANSWERS[name])), MathsTranslator(), ""
    for character in ANSWERS[name]:
        source += translator.feed(character)
        seen = words(shown.html(source, growing=True))
        assert whole.startswith(seen), source
    assert len(seen) > len(whole) - 5


WORD = st.integers(0, 99_999).map("w{}z".format)
NAMES = "b i sub kbd br details summary table tr td script style title T"
TAG_NAMES = st.one_of(WORD, st.sampled_from(NAMES.split(" ")))
TAGS = st.builds("<{}{}{}>".format, st.sampled_from(["", "/"]), TAG_NAMES, st.sampled_from(["", "/", " ", "\n"]))
MARKS = st.sampled_from(
    ["<", ">", "<!--", "-->", "<![CDATA[", "<?", "*", "**", "_", "~", "~~", "`", "``", "[", "]", "(", ")", "![", "|",
     "\\",      "\\(", "\\)", "\\[", "\\]", "$", "$$", "#", "&", ":", "!"]
)  # fmt: skip
LINE_STARTS = st.sampled_from(
    ["# ", "- ", "1. ", "> ", "    ", "| ", "```\n", "```md\n", "~~~\n", "---\n", "| a | b |\n|---|---|\n",
     "\\begin{align}\n", "[^1]: ", "[^2]: ", "<details>\n", "</details>\n", "<script>\n", "$$\n", "[a]: "]
)  # fmt: skip
BREAKS = st.builds("{}{}".format, st.sampled_from(["\n", "\n\n"]), st.one_of(st.just(""), LINE_STARTS))
PIECES = st.one_of(
    WORD, WORD, TAGS, MARKS, BREAKS, st.sampled_from([" ", " ", "[^1]", "[a]", "](https://example.com/x)"])
)


@given(st.lists(PIECES, min_size=1, max_size=40).map("".join))
@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_word_of_a_text_can_be_seen_but_those_of_addresses(shown: Renderer, text: str) -> None:
    expected = re.findall(r"w\d+z", text)
    seen = re.findall(r"w\d+z", visible_text(shown.reloaded(text)))
    assert not set(expected) - set(seen)
