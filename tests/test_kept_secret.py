"""The key of an installation that was given none: one for all its processes, whole or not there, on any file system."""

import errno
import multiprocessing
import os
import secrets
import stat
from pathlib import Path

import pytest

from chatapp import kept_secret
from chatapp.errors import SettingsError

PROCESSES = 8
KEPT = b"of the tests: j4Rz8mQv1tXk7WpL0cYb"


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        keys = pool.map(kept_secret.read_or_make, [tmp_path / "data"] * PROCESSES * 4)
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 32


def test_a_file_system_without_hard_links_holds_the_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(os, "fchmod", refuse)
    monkeypatch.setattr(os, "chmod", refuse)
    made = kept_secret.read_or_make(tmp_path)
    assert kept_secret.read_or_make(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_what_a_crash_left_is_neither_an_empty_key_nor_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    (tmp_path / ".secret.new").write_bytes(b"half of a k")
    made = kept_secret.read_or_make(tmp_path)
    assert len(made) >= 32
    assert (tmp_path / "secret").read_bytes() == made


def test_a_key_that_is_there_is_only_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(KEPT)
    assert kept_secret.read_or_make(tmp_path) == KEPT
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_disk_without_room_leaves_no_key_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(SettingsError, match=r"No space left.*CHATAPP_SECRET"):
            kept_secret.read_or_make(tmp_path)
    assert not (tmp_path / "secret").exists()
    assert len(kept_secret.read_or_make(tmp_path)) >= 32


def test_something_else_in_its_place_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(SettingsError, match="no plain file is in its place"):
        kept_secret.read_or_make(tmp_path)


@pytest.mark.parametrize("name", ["secret", ".secret.lock"])
def test_a_link_is_not_followed_and_what_it_leads_to_is_left_alone(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(KEPT)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(SettingsError, match="a link is in its place"):
        kept_secret.read_or_make(folder)
    assert elsewhere.read_bytes() == KEPT


def test_a_pipe_in_its_place_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret")
    with pytest.raises(SettingsError, match="no plain file is in its place"):
        kept_secret.read_or_make(tmp_path)


@pytest.mark.parametrize("key", [b"kept", b"x" * 500, b"password" * 8, b"0123456789" * 10, bytes(32)])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "secret").write_bytes(key)
    with pytest.raises(SettingsError, match="can be guessed"):
        kept_secret.read_or_make(tmp_path)


def test_keys_as_people_make_them_are_taken() -> None:
    for _ in range(2_000):
        assert kept_secret.is_random(secrets.token_hex(16).encode())
        assert kept_secret.is_random(secrets.token_urlsafe(24).encode())
        assert kept_secret.is_random(secrets.token_bytes(32))
