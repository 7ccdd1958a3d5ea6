"""Migrations where several processes start together, on either kind of database."""

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

import chatapp.models  # noqa: F401 - fills the metadata
from chatapp.db.migrations import current_revision, head_revision, migrate, sync_engine
from chatapp.errors import SettingsError
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.services.postgres_server import PostgresServer
from tests.services.real_server import free_port
from tests.services.worker_process import ROOT, environment

PROCESSES = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an installation whose database has no tables yet."""
    if request.param == "sqlite":
        yield settings
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    address = f"postgresql://postgres@127.0.0.1:{server.port}/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
    made = settings.model_copy(update={"database_url": server.cluster.url(server.port, "bare")})
    yield made
    server.drop_database(made.database_url)


def test_of_processes_that_start_together_one_migrates_and_all_go_on(empty: Settings) -> None:
    command = [sys.executable, "-m", "chatapp", "migrate"]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment(empty), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(PROCESSES)
    ]
    said = sorted(process.communicate(timeout=60)[0].decode() for process in running)
    assert [process.returncode for process in running] == [0] * PROCESSES, said
    assert sum("was brought up to date" in words for words in said) == 1
    with sync_engine(empty.effective_database_url).begin() as connection:
        assert current_revision(connection) == head_revision()


def test_migrations_make_the_tables_that_the_models_describe(empty: Settings) -> None:
    migrate(empty)
    with sync_engine(empty.effective_database_url).begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_server_that_is_not_there_is_named_without_its_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.db.migrations.SERVER_SECONDS", 0.1)
    address = f"postgresql+psycopg://ada:secret@127.0.0.1:{free_port()}/chatapp"
    with pytest.raises(SettingsError, match="CHATAPP_DATABASE_URL cannot be used") as refused:
        migrate(settings.model_copy(update={"database_url": address}))
    assert "secret" not in words_of(refused.value)
