"""Thinking in tags is told from the answer, however the tags are cut; the same words elsewhere are text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.providers.base import ReasoningPart, TextPart, TextWasReasoning
from chatapp.providers.thinking_tags import ThinkingTags

NAMES = ("think", "thought", "thinking", "THINK")

THOUGHTS = st.text("ab .\n<>`/é漢", max_size=40).filter(lambda thought: "</t" not in thought.lower())
CUTS = st.lists(st.integers(0, 200), max_size=12)


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted({place % (len(text) + 1) for place in places}), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


def told_apart(pieces: list[str], tags: ThinkingTags | None = None) -> tuple[str, str]:
    """Reasoning and text as a page shows them in the end."""
    tags = tags or ThinkingTags()
    reasoning = text = ""
    for part in (*(part for piece in pieces for part in tags.feed(piece)), *tags.end()):
        match part:
            case TextWasReasoning():
                reasoning, text = reasoning + text, ""
            case ReasoningPart(more):
                reasoning += more
            case TextPart(more):
                text += more
    return reasoning, text


@given(st.sampled_from(NAMES), THOUGHTS, st.sampled_from(["", "\n", "\n\n", " \n"]), CUTS)
def test_a_block_at_the_beginning_is_reasoning(name: str, thought: str, gap: str, places: list[int]) -> None:
    source = f"{gap}<{name}>{gap}{thought}</{name}>{gap}Blue is fine. <think> is a tag."
    reasoning, text = told_apart(cut(source, places))
    assert (reasoning.strip(), text) == (thought.strip(), "Blue is fine. <think> is a tag.")


@given(THOUGHTS.filter(lambda t: "`" not in t and not t.lstrip().startswith("<")), st.sampled_from(NAMES), CUTS)
def test_a_closing_tag_alone_makes_what_was_before_it_reasoning(thought: str, name: str, places: list[int]) -> None:
    reasoning, text = told_apart(cut(f"So it is.{thought}\n</{name}>\n\nIt is 144.", places))
    assert (reasoning, text) == (f"So it is.{thought}\n", "It is 144.")


@pytest.mark.parametrize(
    "source",
    [
        "Twelve by twelve.</think>It is 144.",
        "Twelve by twelve.</think>\n\nIt is 144.",
        "Twelve by twelve. </think>\n\nIt is 144.",
        "Twelve by twelve</think>\nIt is 144.",
        "Twelve by twelve.\n</think>It is 144.",
        "Twelve by twelve.\n\n</think>  \n\nIt is 144.",
        "Is `</think>` meant?\n</think>\n\nIt is 144.",
        "十二かける十二。</think>\n\nIt is 144.",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_closing_tag_that_stands_for_itself_ends_the_thinking(source: str, size: int) -> None:
    pieces = [source[at : at + size] for at in range(0, len(source), size)]
    assert told_apart(pieces)[1] == "It is 144."


@pytest.mark.parametrize(
    "source",
    [
        "The tag `</think>` ends it.",
        "It ends with </think>, as you see.",
        'Write "</think>" behind it.',
        "Models write <think> and then\n</think>\nand then the answer.",
        "```xml\nthoughts\n</think>\n```\nis the block.",
        "~~~\n</think>\nanswer",
        "The last word is </think>",
        "See (</think>) and [</thought>](x).",
        "Later <think>these words</think> stay.",
        "`<think>` begins it, `</think>` ends it.",
        "a < b, a <t, a </t, a </thin",
        "It is:\n\n    thoughts\n    </think>\n    is code",
        "\n\n  An answer with </thinker>.\n",
        "",
        "   ",
        "<thin",
        "<thinker>a</thinker>",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_same_words_later_or_in_code_stay_text(source: str, size: int) -> None:
    assert told_apart([source[at : at + size] for at in range(0, len(source), size)]) == ("", source)


@given(st.text("<>/think oug.\n`x", max_size=80), CUTS)
def test_how_the_text_is_cut_changes_nothing_and_nothing_is_lost_or_doubled(source: str, places: list[int]) -> None:
    whole = told_apart([source])
    assert told_apart(cut(source, places)) == whole
    without_tags = source
    for name in ("think", "thinking", "thought"):
        for tag in (f"<{name}>", f"</{name}>"):
            without_tags = without_tags.replace(tag, "")
    kept = "".join("".join(whole).split())
    assert len("".join(without_tags.split())) <= len(kept) + source.count("<think") * 10 + source.count("</") * 11
    assert len(kept) <= len("".join(source.split()))


def test_an_empty_thought_that_only_ends_leaves_the_answer() -> None:
    assert told_apart(["</think>\n\n", "Blue."]) == ("", "Blue.")


def test_several_blocks_at_the_beginning_are_one_reasoning() -> None:
    assert told_apart(["<think>One.</think>\n<think>Two.</think>\nBlue."]) == ("One.Two.", "Blue.")


def test_an_answer_that_begins_with_code_keeps_its_indent() -> None:
    assert told_apart(["<think>x</think>\n\n", "    code\n"]) == ("x", "    code\n")


def test_thinking_that_is_cut_off_is_no_answer() -> None:
    assert told_apart(["<think>So far", " and no</thi"]) == ("So far and no</thi", "")


def test_a_server_that_tells_reasoning_apart_itself_leaves_a_closing_tag_as_text() -> None:
    tags = ThinkingTags()
    tags.settle()
    assert told_apart(["A line.\n</think>\nAnother."], tags) == ("", "A line.\n</think>\nAnother.")


def test_ordinary_text_is_handed_on_at_once() -> None:
    tags = ThinkingTags()
    assert [tags.feed(piece) for piece in ("Blue", " is", " fine")] == [
        [TextPart("Blue")],
        [TextPart(" is")],
        [TextPart(" fine")],
    ]


def test_a_text_of_nothing_but_closing_tags_is_read_in_linear_time() -> None:
    source = "a </think> " * 20_000
    assert told_apart([source]) == ("", source)
