"""`python -m chatapp restore`: what a copy from a stranger's hands may hold besides rows, and who is signed in then."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from chatapp.db.migrations import sync_engine
from chatapp.models import LoginSession
from chatapp.settings import Settings
from tests.cli.commanding import command, kept_in
from tests.doctor import damaged

Output = pytest.CaptureFixture[str]

CODE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "trigger": {
        "sqlite": ("CREATE TRIGGER spy AFTER INSERT ON message BEGIN DELETE FROM draft; END",),
        "postgresql": (
            "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM draft; RETURN NEW; END'",
            "CREATE TRIGGER spy AFTER INSERT ON message FOR EACH ROW EXECUTE FUNCTION spy()",
        ),
    },
    "view": {"": ("CREATE VIEW everybody AS SELECT * FROM user_account",)},
    "table": {"": ("CREATE TABLE extra (words TEXT)",)},
    "index": {"": ("CREATE INDEX extra ON message (text)",)},
    "column": {"": ("ALTER TABLE draft ADD COLUMN extra TEXT DEFAULT 'x'",)},
    "missing": {"": ("DROP TABLE login_session",)},
    "revisions": {"": ("INSERT INTO alembic_version VALUES ('0000')",)},
}
"""What somebody may have put into a database that is then copied, by kind and dialect ("" for all)."""


def refuses_foreign_schema(settings: Settings, copy: Path, kind: str, capsys: Output) -> None:
    """A copy of a database with that in it is refused, and what is in the place of the database stays."""
    dialect = settings.effective_database_url.partition("+")[0]
    assert command("backup", copy.with_stem("good")) == 0
    damaged.plant(settings, *CODE[kind].get(dialect, CODE[kind].get("", ())))
    assert command("backup", copy) == 0
    damaged.plant(settings, "UPDATE message SET text = 'written after the copy'")
    assert command("restore", copy, "--yes") == 2
    said = capsys.readouterr().err
    assert ("revisions" if kind == "revisions" else "not as chatapp makes") in said
    assert "Traceback" not in said
    assert "written after the copy" in damaged.texts(settings)
    assert kept_in(settings) == []


@pytest.mark.parametrize("kind", CODE)
def test_a_copy_with_another_schema_is_refused(settled: Settings, tmp_path: Path, capsys: Output, kind: str) -> None:
    refuses_foreign_schema(settled, tmp_path / "copy.db", kind, capsys)


@pytest.mark.parametrize("kind", CODE)
def test_a_dump_with_another_schema_is_refused(
    on_postgres: Settings, tmp_path: Path, capsys: Output, kind: str
) -> None:
    refuses_foreign_schema(on_postgres, tmp_path / "copy.dump", kind, capsys)


def ends_all_logins(settings: Settings, copy: Path, capsys: Output) -> None:
    assert count_logins(settings) == 1  # first: a restore would wait for nobody's connection to go
    assert command("backup", copy) == 0
    assert command("restore", copy, "--yes") == 0
    assert "sign in again, with the password of the time of the copy" in capsys.readouterr().out
    assert count_logins(settings) == 0


def test_a_restore_ends_all_logins_and_says_which_passwords_count(
    settled: Settings, tmp_path: Path, capsys: Output
) -> None:
    ends_all_logins(settled, tmp_path / "copy.db", capsys)


def test_a_restore_of_postgres_ends_all_logins_too(on_postgres: Settings, tmp_path: Path, capsys: Output) -> None:
    ends_all_logins(on_postgres, tmp_path / "copy.dump", capsys)


def count_logins(settings: Settings) -> int:
    with sync_engine(settings.effective_database_url).connect() as connection:
        return connection.scalar(select(func.count()).select_from(LoginSession)) or 0
