"""Nobody is sent to another site after signing in."""

import pytest

from chatapp.accounts.return_path import safe_path

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:/evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/a\r\nSet-Cookie: x=y",
    " /a",
    "/\x00",
    "evil.example",
    "",
    "/" + "a" * 2000,
    "/auth/logout",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_not_a_path_of_ours_becomes_the_start_page(value: str) -> None:
    assert safe_path(value) == "/"


@pytest.mark.parametrize("value", ["/", "/c/1234", "/settings?tab=1#top", "/c/ü", "/search?q=//evil.example"])
def test_a_path_of_ours_is_kept(value: str) -> None:
    assert safe_path(value) == value
