"""Wrong settings: every command refuses them with exit code 2 and one line that names the variable, and no more."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chatapp import log
from chatapp.cli import checked_settings
from chatapp.errors import SettingsError
from chatapp.settings import variables
from chatapp.words import words_of
from tests.cli.commanding import command
from tests.services.postgres_server import PostgresServer
from tests.services.real_server import free_port

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["serve"],
    ["worker"],
    ["migrate"],
    ["create-user", "ada"],
    ["sessions", "list", "ada"],
    ["doctor"],
    ["backup"],
    ["restore", "copy.db", "--yes"],
    ["export"],
)
NOBODY = 65_534
USE_DATA = [words for words in COMMANDS if words != ["export"]]
WITHOUT_BYTES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NASTY = st.one_of(
    WITHOUT_BYTES,
    st.integers().map(str),
    st.sampled_from(["nan", "inf", "-inf", "1e999", "9" * 5000, "[" * 100_000, "{}", "null", "true", "\udcff"]),
    st.sampled_from(["http://[", "https://x:y", "sqlite:///?", "postgres://a:b:c@d:e/f", "redis://x/y", "://", "%"]),
    st.sampled_from(["~", "~x", "*", "sqlite:///~x/y", "localhost:3000"]),
)


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment without settings, and a folder without anything to start from."""
    for name in variables().values():
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    yield
    log.configure("info", sys.__stderr__)  # commands sent it to what this test captured


def started(*words: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of the checkout, run in the folder `at`."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=at,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def refusal() -> str:
    """Why the present settings are refused; "" when they are taken, and make sense together."""
    try:
        made = checked_settings.load()
    except SettingsError as error:
        return words_of(error)
    assert made.effective_public_url
    assert made.active_limit
    return ""


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a command refused."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_refuses_a_wrong_setting_in_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHATAPP_SIGNUP", "maybe")
    assert command(*words) == 2
    assert capsys.readouterr().err == "chatapp: CHATAPP_SIGNUP is wrong: must be 'first', 'open' or 'closed'\n"


@pytest.mark.parametrize("words", USE_DATA, ids=lambda words: words[0])
@pytest.mark.parametrize("obstacle", ["file", "link", "below a file"])
def test_every_command_says_that_there_can_be_no_data_directory(
    words: list[str], obstacle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "data"
    if obstacle == "link":
        place.symlink_to("/nowhere/at/all")
    else:
        place.touch()
    monkeypatch.setenv("CHATAPP_DATA_DIR", str(place / "deep" if obstacle == "below a file" else place))
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setenv("CHATAPP_DEMO_PORT", "1" if words == ["worker"] else "0")
    monkeypatch.setenv("CHATAPP_REDIS_URL", "redis://127.0.0.1:1" if words == ["worker"] else "")
    assert command(*words) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "CHATAPP_DATA_DIR" in line


@pytest.mark.parametrize("name", sorted(variables()))
@given(value=NASTY)
@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_value_is_taken_or_refused_in_one_line_that_names_the_variable(name: str, value: str) -> None:
    variable = variables()[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, value)
        line = refusal()
    assert not line or (variable in line and line.isprintable())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("CHATAPP_SIGNUP=open".encode("utf-16"), "it is not in UTF-8"),
        ("CHATAPP_SIGNUP=open".encode("utf-16-le"), "it is not in UTF-8"),
        ("CHATAPP_SYSTEM_PROMPT=Grüße".encode("latin-1"), "it is not in UTF-8"),
        (b"CHATAPP_SIGNUP=open\0", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "it is not in UTF-8"),
        (b"PORT=3000\nCHATAPP_SYSTEM_PROMPT='never closed\n", "line 2 is no setting"),
        (b"PORT: 3000\n", "line 1 is no setting"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_as_one_is_refused(content: bytes, words: str) -> None:
    Path(".env").write_bytes(content)
    assert words in said(started("-m", "chatapp", "migrate", at=Path.cwd()))


def test_a_file_of_settings_that_is_no_file_is_refused() -> None:
    Path(".env").mkdir()
    assert ".env is wrong: it is a directory" in said(started("-m", "chatapp", "migrate", at=Path.cwd()))
    Path(".env").rmdir()
    Path(".env").symlink_to("nowhere")
    assert ".env is a link that leads nowhere" in said(started("-m", "chatapp", "migrate", at=Path.cwd()))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read a file")
def test_a_file_of_settings_that_may_not_be_read_is_refused() -> None:
    Path(".env").write_text("PORT=3000")
    Path(".env").chmod(0)
    os.seteuid(NOBODY)
    try:
        with pytest.raises(SettingsError, match=r"\.env cannot be read \(Permission denied\)"):
            checked_settings.load()
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfCHATAPP_SIGNUP=open\n", b"\r\nCHATAPP_SIGNUP=open\r\n# words\r\n"])
def test_a_file_that_an_editor_of_windows_has_saved_is_read(content: bytes) -> None:
    Path(".env").write_bytes(content)
    assert checked_settings.load().signup == "open"


def test_reflex_itself_refuses_in_the_same_line(tmp_path: Path) -> None:
    line = said(started("-m", "reflex", "run", at=ROOT, CHATAPP_DATABASE_URL="mysql://x", HOME=str(tmp_path)))
    assert line.startswith("chatapp: CHATAPP_DATABASE_URL is wrong: must look like")


def test_alembic_itself_says_it_in_one_line() -> None:
    done = started("-m", "alembic", "current", at=ROOT, CHATAPP_SIGNUP="maybe")
    assert done.returncode != 0
    assert "CHATAPP_SIGNUP is wrong" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["a?b", "100%", "%2e", "~", "with space", "#1", "é", "a&b=c;d", "file:x", "日本", "'"])
def test_the_database_stands_in_the_data_directory_whatever_that_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATAPP_DATA_DIR", str(tmp_path / name))
    assert command("migrate") == 0
    assert command("backup") == 0
    assert command("doctor") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"here", name}
    assert (tmp_path / name / "chatapp.db").stat().st_size > 0
    assert stat.S_IMODE((tmp_path / name / "chatapp.db").stat().st_mode) == 0o600


def test_a_tilde_is_the_home_directory_and_a_folder_of_that_name_is_written_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for written, place in (("~/chat", tmp_path / "chat"), ("./~", Path("~"))):
        monkeypatch.setenv("CHATAPP_DATA_DIR", written)
        assert checked_settings.load().data_dir == place


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("These are only my notes, and more than a few words of them.\n" * 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATAPP_DATABASE_URL", f"sqlite:///{tmp_path}/notes.txt")
        assert command("migrate") == 2
    assert "CHATAPP_DATABASE_URL cannot be used: file is not a database" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text().startswith("These are only my notes")


@pytest.mark.parametrize("words", [["migrate"], ["doctor"], ["backup"]], ids=lambda words: words[0])
@pytest.mark.parametrize(("user", "database"), [("postgres", "missing"), ("nobody_here", "postgres")])
def test_a_postgresql_that_refuses_is_not_waited_for(
    words: list[str],
    user: str,
    database: str,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = f"postgres://{user}:s3cret@127.0.0.1:{postgres_server.port}/{database}"
    monkeypatch.setenv("CHATAPP_DATABASE_URL", address)
    monkeypatch.setattr("chatapp.db.migrations.SERVER_SECONDS", 3600)
    assert command(*words) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "CHATAPP_DATABASE_URL cannot be used" in line
    assert "does not exist" in line
    assert "s3cret" not in line
