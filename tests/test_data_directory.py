"""What is kept is kept from other accounts of the machine, and from links that they may have put in its way."""

import os
import stat
from pathlib import Path

import pytest

from chatapp import data_directory
from chatapp.cli.data_lock import hold
from chatapp.errors import SettingsError
from chatapp.settings import Settings


def rights(folder: Path) -> int:
    """The bits that say who may do what."""
    return stat.S_IMODE(folder.stat().st_mode)


def made(folder: Path, mode: int, *names: str) -> Path:
    """A folder with these rights and files in it."""
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    folder.chmod(mode)
    return folder


def test_a_new_one_is_its_owners_alone(tmp_path: Path) -> None:
    data_directory.ensure(tmp_path / "new" / "data")
    assert rights(tmp_path / "new" / "data") == 0o700


@pytest.mark.parametrize("names", [(), (".lock", "chatapp.db"), ("secret",)])
def test_one_that_others_could_look_into_is_closed_to_them(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = made(tmp_path / "data", 0o777, *names)
    data_directory.ensure(folder)
    assert rights(folder) == 0o700


def test_a_directory_that_serves_for_something_else_keeps_its_rights(tmp_path: Path) -> None:
    folder = made(tmp_path / "home", 0o755, "letter.txt")
    data_directory.ensure(folder)
    assert rights(folder) == 0o755
    assert data_directory.is_open_to_others(folder)


def test_where_a_database_elsewhere_is_kept_stays_as_it_is(tmp_path: Path) -> None:
    folder = made(tmp_path / "databases", 0o755, ".lock")
    data_directory.ensure(folder, "CHATAPP_DATABASE_URL")
    assert rights(folder) == 0o755


def test_the_lock_is_no_way_to_empty_somebody_elses_file(settings: Settings, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    settings.data_dir.mkdir()
    (settings.data_dir / ".lock").symlink_to(victim)
    with pytest.raises(SettingsError, match=r"\.lock: a link is in its place"), hold(settings):
        pass
    assert victim.read_text() == "precious"


def test_a_pipe_in_place_of_the_lock_is_refused_at_once(settings: Settings) -> None:
    settings.data_dir.mkdir()
    os.mkfifo(settings.data_dir / ".lock")
    with pytest.raises(SettingsError, match=r"\.lock: No such device"), hold(settings):
        pass
