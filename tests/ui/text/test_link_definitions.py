"""Definitions of links are found wherever they count, and handed out so that their bytes stay near linear."""

import pytest

from chatapp.ui.text.link_definitions import LIMIT_CHARACTERS, LinkDefinitions
from chatapp.ui.text.live_text import LiveText


def known(text: str, longest: int = 7) -> str:
    """What is handed out in the end of a text that comes in small pieces."""
    links = LinkDefinitions()
    for at in range(0, len(text), longest):
        links.feed(text[at : at + longest])
    links.end()
    return links.known


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n\n[m]: https://example.com\n", ["[m]: https://example.com"]),
        ("[m]: <https://x.org/a b> 'T'\n[n]: www.x.org\nb", ["[m]: <https://x.org/a b> 'T'", "[n]: www.x.org"]),
        ("[m]: ./a", ["[m]: ./a"]),
        ("a\n[m]: https://example.com", []),
        ("[^1]: https://example.com", []),
        ("[Note]: important", []),
        ("```\n\n[m]: https://example.com\n```\n\n[n]: example.com", ["[n]: example.com"]),
        ("~~~~\n~~~\n\n[m]: https://example.com\n", []),
    ],
)  # fmt: skip
def test_only_definitions_of_addresses_outside_of_code_are_found(text: str, found: list[str]) -> None:
    assert known(text) == "".join(f"{line}\n" for line in found) + ("\n" if found else "")


def test_many_definitions_are_handed_out_a_few_times_only_and_all_when_other_text_follows() -> None:
    links, handed_out = LinkDefinitions(), set()
    for number in range(100):
        links.feed(f"[{number}]: https://example.com/{number}\n")
        handed_out.add(links.known)
    assert len(handed_out) < 25
    links.feed("\nAfter.\n")
    assert links.known.count("\n") == 101


def test_what_is_remembered_of_a_hostile_text_has_a_limit() -> None:
    assert (
        len(known("".join(f"[{n}]: https://example.com/{n}\n" for n in range(5_000)), 10_000)) <= 2 * LIMIT_CHARACTERS
    )


def test_a_text_that_is_not_cut_needs_none_beside_it() -> None:
    live = LiveText()
    live.append("[m]: https://example.com\n\nSee [m].\n")
    assert live.definitions == ""
    live.append("A paragraph of some length.\n\n" * 300)
    assert live.definitions == "[m]: https://example.com\n\n"
