"""Starting: what stands in the way is said in one line, and two servers never share a port or a data directory."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatapp.cli import checked_settings, port
from chatapp.cli.data_lock import hold, hold_alone
from chatapp.errors import SettingsError
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.services.real_server import free_port

ROOT = Path(__file__).parents[2]


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m chatapp serve` that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "chatapp", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def refusal(**environment: str) -> str:
    """The one line with which a start was refused."""
    done = serve(**environment)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("chatapp: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORT", "many", "PORT is wrong"),
        ("CHATAPP_SIGNUP", "maybe", "CHATAPP_SIGNUP is wrong"),
        ("CHATAPP_ENDPOINTS", "{", "CHATAPP_ENDPOINTS"),
        ("CHATAPP_REDIS_URL", "localhost:6379", "CHATAPP_REDIS_URL is wrong"),
        ("CHATAPP_REDIS_URL", "redis://localhost", "no process starts the demo model"),
        ("CHATAPP_DATABASE_URL", "nonsense", "CHATAPP_DATABASE_URL is wrong"),
        ("CHATAPP_DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("CHATAPP_DATABASE_URL", "postgresql+asyncpg://ada:secret@localhost/chatapp", "postgresql+psycopg://"),
        ("CHATAPP_DATABASE_URL", "postgresql://ada:secret@localhost/chatapp?ssl=on", 'connection option "ssl"'),
        ("CHATAPP_REDIS_URL", "redis://localhost/first", "CHATAPP_REDIS_URL is wrong"),
        ("CHATAPP_REDIS_URL", "redis://:secret@localhost?timeout=5", "CHATAPP_REDIS_URL is wrong"),
        ("CHATAPP_LEASE_SECONDS", "5", "at least twice CHATAPP_HEARTBEAT_SECONDS"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_named(
    variable: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        checked_settings.load()
    assert words in words_of(refused.value)
    assert "secret" not in words_of(refused.value)


def test_a_wrong_setting_is_one_line() -> None:
    assert "PORT is wrong" in refusal(PORT="many")


def test_a_taken_port_is_one_line_that_names_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert f"PORT={number + 1}" in refusal(PORT=str(number))


def test_a_data_directory_that_cannot_be_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    impossible = settings.model_copy(update={"data_dir": file / "data"})
    with pytest.raises(SettingsError, match=f"Nothing can be written to {file}/data"), hold(impossible):
        pass


def test_a_database_of_a_newer_chatapp_is_refused_and_left_as_it_is(migrated: Settings) -> None:
    with closing(sqlite3.connect(migrated.data_dir / "chatapp.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
        database.commit()
    line = refusal(PORT=str(free_port()), CHATAPP_DATA_DIR=str(migrated.data_dir))
    assert "revision tomorrow" in line
    assert not (migrated.data_dir / "backups").exists()


def test_a_port_shared_by_a_listening_server_counts_as_taken() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="is taken"):
            port.claim("127.0.0.1", taken.getsockname()[1])


def test_a_name_of_this_machine_becomes_its_address() -> None:
    assert port.claim("localhost", free_port()) in {"127.0.0.1", "::1"}


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="not an address of this machine"):
        port.claim("192.0.2.1", 3000)


def test_a_second_start_on_the_same_data_is_refused_until_the_first_has_ended(settings: Settings) -> None:
    with hold(settings), pytest.raises(SettingsError, match="Another chatapp is running"), hold(settings):
        pass
    with hold(settings):
        pass


def test_servers_that_share_redis_share_the_data_directory_with_no_other(settings: Settings) -> None:
    shared = settings.model_copy(update={"redis_url": "redis://localhost"})
    with hold(shared), hold(shared), pytest.raises(SettingsError, match="Another chatapp is running"), hold(settings):
        pass


def test_a_worker_on_sqlite_refuses_to_start_while_the_database_is_replaced(settings: Settings) -> None:
    with hold_alone(settings):
        done = subprocess.run(
            [sys.executable, "-m", "chatapp", "worker"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "CHATAPP_DATA_DIR": str(settings.data_dir),
                "CHATAPP_REDIS_URL": "redis://localhost",
                "CHATAPP_DEMO_PORT": "1",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert "Another chatapp is running" in done.stderr
