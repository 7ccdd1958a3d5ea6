"""`python -m chatapp backup` and `restore`: what was there when the copy was made is there again."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatapp.cli.data_lock import hold
from chatapp.db import database
from chatapp.db.migrations import migrate
from chatapp.settings import Settings
from tests.cli import commanding
from tests.cli.commanding import command, kept_in
from tests.doctor import damaged
from tests.waiting import until_sync

Output = pytest.CaptureFixture[str]

WRITER = """
import itertools, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
for number in itertools.count():
    database.execute("BEGIN IMMEDIATE")
    for half in (1, 2):
        database.execute("INSERT INTO draft VALUES ('ada', ?, 'x', '2026-01-01 00:00:00')", [f"{number}-{half}"])
    database.execute("COMMIT")
"""


@pytest.fixture
def writer(settled: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that writes two drafts a transaction, without a pause."""
    path = settled.data_dir / "chatapp.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) as process:
        try:
            query = "SELECT 1 FROM draft WHERE conversation_id = '9-2'"
            until_sync(lambda: rows(path, query), what="the first rows")
            yield process
        finally:
            process.kill()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(query).fetchall()


def test_a_restored_copy_holds_what_was_there_and_the_replaced_one_is_kept(settled: Settings, tmp_path: Path) -> None:
    before = damaged.texts(settled)
    assert command("backup", tmp_path / "copy.db") == 0
    damaged.plant(settled, "DELETE FROM generation", "UPDATE message SET text = 'written after the copy'")
    assert command("restore", tmp_path / "copy.db", "--yes") == 0
    assert damaged.texts(settled) == before
    (kept,) = kept_in(settled)
    assert ("written after the copy",) in rows(kept, "SELECT text FROM message")
    assert command("doctor") == 0


def test_a_copy_made_while_another_process_writes_holds_whole_transactions(
    settled: Settings, writer: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert command("backup", tmp_path / "copy.db") == 0
    assert writer.poll() is None
    ((count,),) = rows(tmp_path / "copy.db", "SELECT count(*) FROM draft WHERE text = 'x'")
    assert isinstance(count, int)
    assert count >= 20
    assert count % 2 == 0
    assert rows(tmp_path / "copy.db", "PRAGMA integrity_check") == [("ok",)]
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]


def test_a_copy_goes_to_the_backups_and_is_its_owners_alone(settled: Settings, capsys: Output) -> None:
    assert command("backup") == 0
    (made,) = (settled.data_dir / "backups").glob("chatapp-*.db")
    assert str(made) in capsys.readouterr().out
    assert made.stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_is_never_written_over(settled: Settings, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "precious").write_text("precious")
    assert command("backup", tmp_path / "precious") == 2
    assert "cannot be made: File exists" in capsys.readouterr().err
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_restore_wants_to_be_meant_and_to_be_alone(settled: Settings, tmp_path: Path, capsys: Output) -> None:
    assert command("backup", tmp_path / "copy.db") == 0
    before = damaged.texts(settled)
    assert command("restore", tmp_path / "copy.db") == 2
    assert "add --yes" in capsys.readouterr().err
    with hold(settled):
        assert command("restore", tmp_path / "copy.db", "--yes") == 2
    assert "Another chatapp is running" in capsys.readouterr().err
    assert damaged.texts(settled) == before
    assert kept_in(settled) == []


@pytest.mark.parametrize("folder", ["data", "elsewhere"])
def test_a_restore_is_refused_while_processes_that_share_redis_use_the_file(
    settled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, folder: str
) -> None:
    """They may even have a data directory of their own."""
    url = f"sqlite+aiosqlite:///{settled.data_dir if folder == 'data' else tmp_path}/chatapp.db"
    sharing = Settings(_env_file=None, data_dir=tmp_path / folder, database_url=url, redis_url="redis://localhost")
    assert command("backup", tmp_path / "copy.db") == 0
    for name, value in {"DATABASE_URL": url, "REDIS_URL": "redis://localhost", "DEMO_PORT": "1"}.items():
        monkeypatch.setenv(f"CHATAPP_{name}", value)
    with hold(sharing), hold(sharing):
        assert command("restore", tmp_path / "copy.db", "--yes") == 2
    assert "Another chatapp is running" in capsys.readouterr().err
    assert command("restore", tmp_path / "copy.db", "--yes") == 0


def cut(path: Path) -> None:
    """Write over the middle of a file."""
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: size // 3] + b"\xff" * (size // 3) + path.read_bytes()[2 * size // 3 :])


def make_newer(path: Path) -> None:
    """Make it look like a copy of a chatapp to come."""
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")


def make_strange(path: Path) -> None:
    """Make it a whole database of something else."""
    path.unlink()
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("CREATE TABLE recipe (name TEXT)")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "is damaged"),
        (make_newer, "newer"),
        (make_strange, "not a database of chatapp"),
        (lambda path: path.write_text("no database " * 100), "not a whole database"),
        (Path.unlink, "There is no file"),
    ],
    ids=["cut", "newer", "strange", "text", "absent"],
)
def test_a_copy_that_cannot_be_used_replaces_nothing(
    settled: Settings, tmp_path: Path, capsys: Output, spoil: object, words: str
) -> None:
    assert callable(spoil)
    copy, before = tmp_path / "copy.db", damaged.texts(settled)
    assert command("backup", copy) == 0
    spoil(copy)
    assert command("restore", copy, "--yes") == 2
    assert words in capsys.readouterr().err
    assert damaged.texts(settled) == before
    assert kept_in(settled) == []
    assert list(settled.data_dir.glob("restoring-*")) == []


def test_a_restore_saves_an_installation_whose_database_is_ruined(settled: Settings, tmp_path: Path) -> None:
    before = damaged.texts(settled)
    assert command("backup", tmp_path / "copy.db") == 0
    (settled.data_dir / "chatapp.db").write_bytes(b"ruined" * 1000)
    assert command("restore", tmp_path / "copy.db", "--yes") == 0
    assert damaged.texts(settled) == before


def test_a_restore_needs_no_database_to_replace(settled: Settings, tmp_path: Path, capsys: Output) -> None:
    before = damaged.texts(settled)
    assert command("backup", tmp_path / "copy.db") == 0
    (settled.data_dir / "chatapp.db").unlink()
    assert command("restore", tmp_path / "copy.db", "--yes") == 0
    assert "The database is restored.\n" in capsys.readouterr().out
    assert damaged.texts(settled) == before
    assert not migrate(settled)


def test_a_postgres_database_is_restored_with_its_own_tools(on_postgres: Settings, tmp_path: Path) -> None:
    before = damaged.texts(on_postgres)
    assert command("backup", tmp_path / "copy.dump") == 0
    assert (tmp_path / "copy.dump").stat().st_mode & 0o077 == 0
    damaged.plant(on_postgres, "DELETE FROM draft", "UPDATE message SET text = 'written after the copy'")
    assert command("restore", tmp_path / "copy.dump", "--yes") == 0
    assert damaged.texts(on_postgres) == before
    (kept,) = kept_in(on_postgres)
    assert kept.stat().st_size > 0
    assert command("restore", kept, "--yes") == 0
    assert "written after the copy" in damaged.texts(on_postgres)


def test_a_postgres_database_in_use_is_not_replaced(on_postgres: Settings, tmp_path: Path, capsys: Output) -> None:
    assert command("backup", tmp_path / "copy.dump") == 0

    async def restore() -> int:
        await database.ping()
        return await asyncio.to_thread(command, "restore", tmp_path / "copy.dump", "--yes")

    assert commanding.do(on_postgres, restore) == 2
    assert "The database is in use" in capsys.readouterr().err


RECORDER = """#!/bin/sh
printf '%s\\n' "$@" > "{record}"
env >> "{record}"
"""


def test_postgres_tools_connect_as_the_driver_does(
    on_postgres: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, tool = tmp_path / "record", tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(RECORDER.format(record=record))
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PGSSLMODE", "allow")  # the address has another word on this
    monkeypatch.setenv("PGSSLCERT", "/certificates/from-the-environment.crt")
    url = f"{on_postgres.database_url}?sslmode=disable&sslrootcert=/certificates/root.crt&connect_timeout=7"
    monkeypatch.setenv("CHATAPP_DATABASE_URL", url.replace("postgres@", "postgres:secret@"))
    assert command("backup", tmp_path / "copy.dump") == 0
    told = record.read_text().splitlines()
    assert {
        "PGSSLMODE=disable",
        "PGSSLROOTCERT=/certificates/root.crt",
        "PGSSLCERT=/certificates/from-the-environment.crt",
        "PGCONNECT_TIMEOUT=7",
        "PGPASSWORD=secret",
        f"HOME={Path.home()}",
    } <= set(told)
    assert [line for line in told if "secret" in line] == ["PGPASSWORD=secret"]


def test_a_damaged_dump_replaces_nothing(on_postgres: Settings, tmp_path: Path, capsys: Output) -> None:
    before = damaged.texts(on_postgres)
    assert command("backup", tmp_path / "copy.dump") == 0
    cut(tmp_path / "copy.dump")
    assert command("restore", tmp_path / "copy.dump", "--yes") == 2
    assert "pg_restore failed" in capsys.readouterr().err
    assert damaged.texts(on_postgres) == before
