"""The key of an installation that was given none: one for all its processes, whole or not there, on any file system."""

import errno
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from chatapp import kept_secret
from chatapp.errors import SettingsError

PROCESSES = 8


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
    (tmp_path / "secret").write_bytes(b"kept")
    assert kept_secret.read_or_make(tmp_path) == b"kept"
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
    with pytest.raises(SettingsError, match="Is a directory"):
        kept_secret.read_or_make(tmp_path)
