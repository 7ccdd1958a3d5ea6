"""Origins: whatever people type for an address, it compares equal to what browsers send; what is more is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.web_origin import origin_of

NAMES = st.from_regex(r"[a-zA-Z0-9]{1,8}(\.[a-zA-Z0-9]{1,8}){0,2}", fullmatch=True)
PATHS = st.from_regex(r"/{0,2}[a-z]{1,5}(/[a-z]{0,3})?|\?[a-z]*=1|#[a-z]+", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://chat.example.org", "https://chat.example.org"),
        ("https://chat.example.org/", "https://chat.example.org"),
        (" https://chat.example.org ", "https://chat.example.org"),
        ("HTTPS://Chat.Example.ORG", "https://chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("https://chat.example.org:", "https://chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org"),
        ("https://chat.example.org:80", "https://chat.example.org:80"),
        ("http://my_host:3000", "http://my_host:3000"),
        ("http://10.0.0.5:3000", "http://10.0.0.5:3000"),
        ("http://[2001:DB8:0::1]:3000", "http://[2001:db8::1]:3000"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
    ],
)
def test_what_people_type_becomes_what_browsers_send(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "chat.example.org",
        "ftp://chat.example.org",
        "https://",
        "https://:443",
        "https://chat.example.org:port",
        "https://chat.example.org:70000",
        "https://chat.example.org:0",
        "https://ada:secret@chat.example.org",
        "https://chat example.org",
        "https://chat.example.org\\chat",
        "https://*.example.org",
        "https://[::1",
        "https://[nonsense]",
        "https://ex ample",
        "https://\u2603\ufe0f\u200d.example",
        "null",
        "*",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^must look like https://chat\.example\.org"):
        origin_of(typed)


@given(name=NAMES, path=PATHS, scheme=st.sampled_from(["http", "https"]))
def test_an_address_with_a_path_of_any_kind_is_refused(name: str, path: str, scheme: str) -> None:
    with pytest.raises(ValueError, match=r"without a path|must look like"):
        origin_of(f"{scheme}://{name}{path if path[0] in '/?#' else '/' + path}")


@given(name=NAMES, port=st.integers(1, 65535), scheme=st.sampled_from(["http", "https"]))
def test_an_origin_is_its_own_origin(name: str, port: int, scheme: str) -> None:
    origin = origin_of(f"{scheme.upper()}://{name}:{port}/")
    assert origin_of(origin) == origin == origin.lower()
    assert origin.endswith(f":{port}") != (port == {"http": 80, "https": 443}[scheme])
