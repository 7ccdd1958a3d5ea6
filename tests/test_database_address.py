"""Addresses of databases: what people write for the two kinds is understood, and every path is a path."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from chatapp import database_address

PATHS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


@given(PATHS)
def test_a_file_of_any_name_is_found_again_by_its_address(name: str) -> None:
    address = database_address.of_file(Path("/data") / name / "chatapp.db")
    assert make_url(address).database == str(Path("/data") / name / "chatapp.db")
    assert database_address.normalised(address) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("sqlite:////srv/chat.db", "sqlite+aiosqlite:////srv/chat.db"),
        ("sqlite:///data/chat.db", "sqlite+aiosqlite:///data/chat.db"),
        ("postgres://ada:s%40cret@db/chat", "postgresql+psycopg://ada:s%40cret@db/chat"),
        ("postgresql://db:5433/chat?sslmode=require", "postgresql+psycopg://db:5433/chat?sslmode=require"),
        ("postgresql+psycopg:///chat?host=/run/postgresql", "postgresql+psycopg:///chat?host=%2Frun%2Fpostgresql"),
    ],
)
def test_the_usual_spellings_stand_for_our_drivers(written: str, address: str) -> None:
    assert database_address.normalised(written) == address


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert database_address.normalised("sqlite:///~/chat.db") == "sqlite+aiosqlite:////home/ada/chat.db"


@pytest.mark.parametrize(
    "written",
    [
        "nonsense",
        "mysql://localhost/chat",
        "postgresql+asyncpg://ada:s3cret@db/chat",
        "postgresql://ada:s3cret@db:port/chat",
        "postgresql://ada:s3cret@db:70000/chat",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:chat.db",
        "sqlite://srv/chat.db",
        "sqlite:////srv/chat.db?timeout=5",
        "sqlite:////srv/what?",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        database_address.normalised(written)
    assert "s3cret" not in str(refused.value)
