"""What a model says can be stored and sent on, and loses nothing that could be."""

from chatapp.providers.text_repair import TextRepair, mend


def test_a_pair_cut_in_two_pieces_is_joined() -> None:
    repair = TextRepair()
    assert [repair.mend("a\ud83d"), repair.mend("\ude00b"), repair.end()] == ["a", "😀b", ""]


def test_half_a_pair_becomes_the_replacement_character() -> None:
    assert mend("a\ud800b") == "a\ufffdb"
    assert mend("\ude00x\ud800") == "\ufffdx\ufffd"


def test_half_a_pair_before_plain_text_is_replaced_and_the_text_kept() -> None:
    repair = TextRepair()
    assert [repair.mend("\ud800"), repair.mend("plain"), repair.end()] == ["", "\ufffdplain", ""]


def test_nul_is_taken_out_and_all_other_characters_stay() -> None:
    assert mend("a\0b") == "ab"
    assert mend("é\0\t\x1b\u200fשלום 漢字 👩‍👩‍👧\ufffd") == "é\t\x1b\u200fשלום 漢字 👩‍👩‍👧\ufffd"


def test_everything_that_comes_out_has_a_utf_8_form() -> None:
    for first in ("", "x", "\ud83d", "\ude00", "\0"):
        for second in ("", "y", "\ud83d", "\ude00\ud800"):
            repair = TextRepair()
            (repair.mend(first) + repair.mend(second) + repair.end()).encode()
