"""Installations that commands work on."""

from collections.abc import Iterator

import pytest
import structlog

from chatapp.settings import Settings
from tests.cli import commanding
from tests.doctor import damaged
from tests.services.postgres_server import PostgresServer


@pytest.fixture
def settled(placed: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A small installation that commands work on."""
    yield from _settled(placed, monkeypatch)


@pytest.fixture
def on_postgres(
    settings: Settings, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """The same in PostgreSQL."""
    made = settings.model_copy(update={"database_url": postgres_server.new_database()})
    yield from _settled(made, monkeypatch)
    postgres_server.drop_database(made.database_url)


def _settled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    commanding.place(settings, monkeypatch)
    commanding.do(settings, damaged.settle)
    yield settings
    structlog.reset_defaults()
