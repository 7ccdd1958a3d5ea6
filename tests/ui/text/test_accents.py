"""Letters under towers of accents are shown with a few of them; whatever people write keeps all of its own."""

import random

import pytest

from chatapp.ui.text.accents import ACCENTS_MAX, more_without_towers, without_towers

TOWER = "Z" + "\u0301" * 60_000


def test_a_letter_keeps_a_few_accents() -> None:
    assert without_towers(f"a {TOWER} b") == "a Z" + "\u0301" * ACCENTS_MAX + " b"


@pytest.mark.parametrize(
    "text", ["plain", "u\u0308ber", "\u0915\u094d\u0937\u093f", "\u0e01\u0e33\u0e49", "Z" + "\u0301" * ACCENTS_MAX]
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert without_towers(text) == text


@pytest.mark.parametrize("seed", range(20))
def test_a_text_that_comes_in_pieces_is_shown_as_the_whole_is(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [chance.choice(["a", "\u0301" * chance.randint(1, 50), "\u0323"]) for _ in range(50)]
    shown = ""
    for piece in pieces:
        shown += more_without_towers(shown, piece)
    assert shown == without_towers("".join(pieces))
