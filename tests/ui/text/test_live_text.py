"""The slots of a growing answer: exact, cheap on the wire, and cut only where the markdown allows it."""

import random
import time
from collections.abc import Callable, Iterator

import pytest
from markdown_it import MarkdownIt

from chatapp.ui.text.live_text import SEALED_SLOTS, SLOTS, LiveText, last_safe_cut

BYTES_PER_CHANGE = 100
WORDS = ["stone", "river", "`code`", "**strong**", "$5", "*soft*", "<b>bold</b>", "#", "-", "1.", "quiet", "100", "|"]
RENDERER = MarkdownIt("commonmark").enable("table").disable("html_block")


def sentence(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 25)))


def paragraph(rng: random.Random) -> str:
    return "\n".join(sentence(rng) for _ in range(rng.randint(1, 3)))


def item_list(rng: random.Random) -> str:
    gap = rng.choice(["\n", "\n\n"])
    marker = rng.choice(["- ", "* ", "1. ", "2) "])
    inner = rng.choice(["", f"\n{' ' * len(marker)}- nested", f"\n\n{' ' * len(marker)}```\n\n{' ' * len(marker)}x\n"])
    return gap.join(f"{marker}{sentence(rng)}{inner}" for _ in range(rng.randint(1, 5)))


def table(rng: random.Random) -> str:
    rows = "".join(f"\n| {rng.randint(1, 99)} | b |" for _ in range(rng.randint(1, 6)))
    return f"| a | b |\n|---|:-:|{rows}"


def fence(rng: random.Random) -> str:
    mark = rng.choice(["```", "~~~", "`````"])
    return f"{mark}py\n# no heading\n\n- no list $\n\n{sentence(rng)}\n{mark}"


def details(rng: random.Random) -> str:
    return f"<details>\n<summary>{sentence(rng)}</summary>\n\n{paragraph(rng)}\n\n- x\n\n</details>"


def maths(rng: random.Random) -> str:
    return f"$$\nx = {rng.randint(1, 9)}\n\n\n- y\n\n$$"


def other(rng: random.Random) -> str:
    return rng.choice(["# Head", "---", "Head\n===", "> quote\nlazy\n> - x", "    code\n\n    more", "<!-- a\n\nb -->"])


BLOCKS: tuple[Callable[[random.Random], str], ...] = (
    paragraph, paragraph, paragraph, item_list, item_list, table, fence, details, maths, other,
)  # fmt: skip


def document(rng: random.Random, characters: int) -> str:
    written = ""
    while len(written) < characters:
        written += rng.choice(BLOCKS)(rng) + rng.choice(["\n\n", "\n\n", "\n\n\n", "\n"])
    return written


def pieces(text: str, rng: random.Random, longest: int) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = rng.randint(1, longest)
        yield text[at : at + size]
        at += size


def sent_bytes(text: str, flushes: int) -> int:
    live, size = LiveText(), -(-len(text) // flushes)
    total = 0
    for at in range(0, len(text), size):
        live.append(text[at : at + size])
        total += sum(len(value.encode()) + BYTES_PER_CHANGE for value in live.take_changes().values())
    return total


@pytest.mark.parametrize("seed", range(12))
def test_the_slots_are_the_text_at_every_moment_and_a_sealed_one_never_changes(seed: int) -> None:
    rng = random.Random(seed)
    text = document(rng, 25_000)
    live, page, fed = LiveText(), dict.fromkeys(SLOTS, ""), ""
    for piece in pieces(text, rng, longest=120):
        live.append(piece)
        fed += piece
        changes = live.take_changes()
        assert all(page[name] in ("", value) for name, value in changes.items() if name in SEALED_SLOTS)
        page |= changes
        assert "".join(page[name] for name in SLOTS) == fed == live.text
    assert page["p0"]


@pytest.mark.parametrize("seed", range(12))
def test_sealed_parts_rendered_apart_look_as_in_the_whole(seed: int) -> None:
    rng = random.Random(100 + seed)
    text = document(rng, 30_000)
    live, page = LiveText(), dict.fromkeys(SLOTS, "")
    for piece in pieces(text, rng, longest=90):
        live.append(piece)
    page |= live.take_changes()
    parts = [page[name] for name in SEALED_SLOTS if page[name]]
    assert len(parts) >= 3
    parts.append(text[len("".join(parts)) :])
    assert "".join(map(RENDERER.render, parts)) == RENDERER.render(text)


@pytest.mark.parametrize("seed", range(40))
def test_a_cut_made_in_any_beginning_is_right_for_the_whole(seed: int) -> None:
    text = document(random.Random(200 + seed), 400)
    whole = RENDERER.render(text)
    cuts = {last_safe_cut(text[:end]) for end in range(len(text) + 1)}
    for cut in cuts:
        assert RENDERER.render(text[:cut]) + RENDERER.render(text[cut:]) == whole


@pytest.mark.parametrize(
    "unit",
    [
        "<details>\n<summary>s</summary>\n\nbody\n\n<DETAILS>\n\nmore\n\n</DETAILS>\n\n</details>\n",
        "<details>\n\nbody </details>\n",
        "$$\na\n\nb\n\nc\n$$\n",
        "$$\n    a\n\n    b\n\nc\n$$\n",
        "text\n$$\na\n\nb\n$$\nmore\n",
        "> $$\n> a\n>\n> b\n> $$\n",
        "- a\n\n- b\n\n  c\n\n      d\n",
        "1. a\n\n   ```\n\n   b\n   ```\n\n2. c\n",
        "- a\n\n* b\n\n1. c\n",
        "    a\n\n    b\n",
        "text\n\n    indented\n",
        "```\na\n\nb\n\n# c\n```\n",
        "> a\nb\n",
        "a\nb\n===\nc\n",
        "| a |\n|---|\n| b |\n",
    ],
)
def test_what_belongs_together_is_not_cut(unit: str) -> None:
    before = "before\n\n"
    text = f"{before}{unit}\nafter\n"
    allowed = {0, len(before), len(before + unit) + 1}
    assert {last_safe_cut(text[:end]) for end in range(len(text) + 1)} <= allowed
    assert last_safe_cut(text) == len(before + unit) + 1


@pytest.mark.parametrize(
    "maths", ["costs $$ a lot", "$$\na\n\nb$$", "$$ a\n\nb\n$$", "$$$\na\n$$$", "- $$\n  a", "$$\n```\n$$\n```"]
)
def test_after_maths_that_renderers_may_read_differently_nothing_is_cut(maths: str) -> None:
    text = f"before\n\n{maths}\n\nafter\n\n$$\nx\n$$\n\nend\n"
    assert {last_safe_cut(text[:end]) for end in range(len(text) + 1)} <= {0, len("before\n\n")}


@pytest.mark.parametrize(
    "unclosed",
    ["maths $$a$$ and $$b$$", "use `<details>` here", "use <details> here", "<p>", "<div>", "<!-- a", "`$$`", "`[^1]`"],
)
def test_what_only_looks_open_does_not_keep_the_text_open(unclosed: str) -> None:
    assert last_safe_cut(f"{unclosed}\n\nnext\n") == len(unclosed) + 2


def test_a_text_with_footnotes_stays_open_from_the_first_on() -> None:
    text = "before\n\nsee[^1]\n\nmore\n\n[^1]: note\n\nend\n"
    assert {last_safe_cut(text[:end]) for end in range(len(text) + 1)} == {0, len("before\n\n")}


@pytest.mark.parametrize("narrow", ["# Head", "Head\n===", "---"])
def test_no_part_begins_below_what_has_another_gap_than_elsewhere(narrow: str) -> None:
    text = f"before\n\n{narrow}\n\nbelow\n"
    assert last_safe_cut(text) == len("before\n\n")


def test_a_line_that_still_grows_is_no_boundary() -> None:
    assert last_safe_cut("a\n\nb\n\n#") == len("a\n\n")
    assert last_safe_cut("a\n\nb\n\n#\n") == len("a\n\nb\n\n")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_offsets_are_right_for_every_kind_of_line_end(line_end: str) -> None:
    assert last_safe_cut(line_end.join(["a", "", "b", "b", "", "c", ""])) == len("a" + "bb") + 5 * len(line_end)


def test_a_restart_hands_out_every_slot_at_first_and_then_only_what_differs() -> None:
    live = LiveText()
    long, short = document(random.Random(1), 20_000), "short"
    live.restart(long)
    first = live.take_changes()
    assert tuple(first) == SLOTS
    assert "".join(first.values()) == long
    assert len(first["s0"] + first["s1"] + first["s2"]) < 3_000
    live.restart(long)
    assert live.take_changes() == {}
    live.restart(short)
    second = live.take_changes()
    assert second["p0"] == ""
    assert first | second == dict.fromkeys(SLOTS, "") | {"s2": short}
    assert live.take_changes() == {}


def test_an_answer_of_8_600_characters_costs_at_most_150_kilobytes() -> None:
    assert sent_bytes(document(random.Random(2), 8_600)[:8_600], flushes=300) <= 150_000


def test_four_times_the_text_costs_about_four_times_the_bytes() -> None:
    text = document(random.Random(3), 128_000)[:128_000]
    assert sent_bytes(text, flushes=2_600) <= 4.5 * sent_bytes(text[:32_000], flushes=650)


def test_text_that_cannot_be_cut_still_costs_little_more_than_in_proportion() -> None:
    text = "```\n" + "some code that never ends\n" * 5_000
    assert sent_bytes(text[:128_000], flushes=2_600) <= 7 * sent_bytes(text[:32_000], flushes=650)


def test_128_kilobytes_in_small_pieces_take_less_than_a_second() -> None:
    text = document(random.Random(4), 128_000)[:128_000]
    live, started = LiveText(), time.process_time()
    for at in range(0, len(text), 12):
        live.append(text[at : at + 12])
        live.take_changes()
    assert time.process_time() - started < 1


def test_the_slots_suffice_for_two_million_characters() -> None:
    paragraphs = ["A paragraph of some length. " * 60 + "\n\n"] * 1_200
    live = LiveText()
    for piece in paragraphs:
        live.append(piece)
    slots = live.take_changes()
    assert len(live.text) > 2_000_000
    assert "p19" not in slots
    assert sum(len(slots.get(name, "")) for name in SEALED_SLOTS) > 500_000
