"""Migrations: every earlier database reaches the newest revision with its data, and a newer one is left alone."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, inspect
from sqlmodel import SQLModel

import chatapp.models  # noqa: F401 - fills the metadata
from alembic import command
from chatapp.db import database, migrations
from chatapp.db.migrations import current_revision, head_revision, migrate, sync_engine
from chatapp.errors import SettingsError
from chatapp.generations import queries
from chatapp.settings import Settings
from chatapp.ui.state.rows import error_words
from chatapp.words import words_of

ROOT = migrations.ROOT
REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "alembic")).walk_revisions()]

NEXT_REVISION = """
import sqlalchemy as sa

from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("nickname", sa.String(), nullable=False, server_default="none"))
    {then}
"""

Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def add_next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives chatapp one revision more than it has, so that today's database is yesterday's."""

    def add(then: str = "") -> None:
        script = NEXT_REVISION.format(head=head_revision(), then=then)
        shutil.copytree(ROOT / "alembic", tmp_path / "alembic", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "alembic.ini", tmp_path)
        (tmp_path / "alembic" / "versions" / "next.py").write_text(script)
        monkeypatch.setattr(migrations, "ROOT", tmp_path)

    return add


def upgrade_to(revision: str, connection: Connection) -> None:
    """Bring a database to `revision`, as the chatapp of that time did."""
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def some_value(column: Column[object]) -> object:
    """A value that fits `column`: the same for a key and for what refers to it, so that every reference holds."""
    if any(key.column.table is column.table for key in column.foreign_keys):
        return None
    kind = column.type.python_type
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return {
        str: "some ünïcode",
        int: 1,
        bool: True,
        float: 1.5,
        bytes: b"1",
        datetime: moment,
        object: {"some": "ünïcode"},  # JSON
    }[kind]


def fill(connection: Connection) -> None:
    """Put one row into every table that the database has."""
    for table in tables(connection):
        connection.execute(table.insert().values({column.name: some_value(column) for column in table.columns}))


def tables(connection: Connection) -> list[Table]:
    """The tables of the database as they are, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows(connection: Connection) -> Rows:
    """Everything that the database holds."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(table.select())] for table in tables(connection)
    }


def indexes(connection: Connection) -> set[str]:
    """The indexes as SQLite was told to make them, conditions included."""
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return set(found.scalars())


def backups(settings: Settings) -> list[Path]:
    """The copies that were made."""
    return sorted((settings.data_dir / "backups").glob("*"))


def test_a_fresh_database_reaches_the_newest_revision_without_a_backup(settings: Settings) -> None:
    assert migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        assert current_revision(connection) == head_revision()
    assert backups(settings) == []


def test_a_new_file_and_its_log_are_for_their_owner_alone(settings: Settings) -> None:
    before = os.umask(0o022)
    try:
        migrate(settings)
        with closing(sqlite3.connect(settings.data_dir / "chatapp.db")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("UPDATE alembic_version SET version_num = version_num")
            connection.commit()
            modes = {file.name: file.stat().st_mode & 0o777 for file in settings.data_dir.glob("chatapp.db*")}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["chatapp.db", "chatapp.db-wal", "chatapp.db-shm"], 0o600)


def test_migrations_make_exactly_the_tables_that_the_models_describe(settings: Settings) -> None:
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_make_the_same_indexes_as_the_models(settings: Settings) -> None:
    migrate(settings)
    with create_engine("sqlite://").begin() as described:
        SQLModel.metadata.create_all(described)
        with sync_engine(settings.effective_database_url).begin() as migrated:
            assert indexes(migrated) == indexes(described)


def test_a_difference_between_models_and_migrations_is_seen(settings: Settings) -> None:
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        connection.exec_driver_sql("DROP INDEX uq_generation_one_active")
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_people_stored_at_an_earlier_revision_is_there_at_the_newest(
    settings: Settings, add_next_revision: Callable[[str], None], revision: str
) -> None:
    settings.data_dir.mkdir(parents=True)
    with sync_engine(settings.effective_database_url).begin() as connection:
        upgrade_to(revision, connection)
        fill(connection)
        before = rows(connection)
    add_next_revision("")
    assert migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        assert current_revision(connection) == "next"
        after = rows(connection)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert after["user_account"][0]["nickname"] == "none"
    for name, (row,) in before.items():
        if name in after:
            assert {key: value for key, value in row.items() if key in after[name][0]} == {
                key: value for key, value in after[name][0].items() if key in row
            }


async def test_the_error_of_an_answer_from_before_reasons_were_stored_is_still_told(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True)
    with sync_engine(settings.effective_database_url).begin() as connection:
        upgrade_to("0002", connection)
        fill(connection)
        connection.exec_driver_sql("UPDATE generation SET sources = ''")
    migrate(settings)
    database.configure(settings.effective_database_url)
    async with database.reading() as db:
        (answer,) = (await queries.list_answers(db, ["some ünïcode"])).values()
    await database.close()
    assert (answer.error_reason, answer.error_parameters) == ("", {})
    assert error_words(answer) == "some ünïcode"


def test_every_revision_can_be_undone_down_to_nothing(settings: Settings) -> None:
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_a_filled_file_is_copied_to_backups_before_it_is_migrated(
    settings: Settings, add_next_revision: Callable[[str], None]
) -> None:
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        fill(connection)
        before = rows(connection)
    add_next_revision("")
    migrate(settings)
    (copy,) = backups(settings)
    with create_engine(f"sqlite:///{copy}").begin() as connection:
        assert rows(connection) == before
        assert current_revision(connection) in REVISIONS


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    settings: Settings, add_next_revision: Callable[[str], None]
) -> None:
    migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        fill(connection)
        before = rows(connection)
    add_next_revision('raise RuntimeError("in the middle")')
    with pytest.raises(RuntimeError, match="in the middle"):
        migrate(settings)
    with sync_engine(settings.effective_database_url).begin() as connection:
        assert current_revision(connection) in REVISIONS
        assert rows(connection) == before
    assert len(backups(settings)) == 1


def test_a_database_of_a_newer_chatapp_is_refused_in_words_and_left_alone(settings: Settings) -> None:
    migrate(settings)
    file = settings.data_dir / "chatapp.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    with pytest.raises(SettingsError) as refusal:
        migrate(settings)
    assert "9999" in words_of(refusal.value)
    assert "newer" in words_of(refusal.value)
    assert "\n" not in words_of(refusal.value)
    assert file.read_bytes() == before
    assert backups(settings) == []


def test_migrating_a_second_time_does_nothing(settings: Settings) -> None:
    assert migrate(settings)
    before = (settings.data_dir / "chatapp.db").read_bytes()
    assert not migrate(settings)
    assert (settings.data_dir / "chatapp.db").read_bytes() == before
    assert backups(settings) == []


def test_asking_for_the_newest_revision_leaves_the_import_path_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = len(sys.path)
    head_revision()
    assert len(sys.path) == before
