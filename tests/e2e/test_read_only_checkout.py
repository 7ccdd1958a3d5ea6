"""A checkout that was built and cannot be written to any more: the next start needs nothing but its data directory."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.cli import frontend
from chatapp.words import words_of
from tests.e2e.reading import PASSWORD
from tests.e2e.serving import ROOT, Server, free_port
from tests.e2e.socket_client import opened_page, sign_up

pytestmark = pytest.mark.one_process


def mounted(*arguments: str | Path) -> bool:
    """Whether `mount` does as it is told."""
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture
def checkout(server: Server, tmp_path: Path) -> Iterator[Path]:
    """This checkout, read-only, with the pages in it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    if not mounted("--bind", ROOT, folder):
        pytest.skip("nobody but root may mount a folder")
    try:
        assert mounted("-o", "remount,bind,ro", folder)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_read_only_checkout_that_was_built_serves_and_answers(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Read-only"):
        (checkout / "new").touch()
    served = Server(tmp_path / "data", free_port(), checkout)
    served.start()
    try:
        with opened_page(served.url, sign_up(served.url, PASSWORD)) as page:
            assert page.ask("count 5")
    finally:
        served.terminate()


def test_a_checkout_that_is_yet_to_be_built_and_cannot_be_written_to_is_refused_in_words(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "ROOT", checkout)
    monkeypatch.setattr(frontend, "STAMP", checkout / ".web" / "build" / "of another version")
    with pytest.raises(frontend.BuildFailed, match="nothing can be written to") as refused:
        frontend.ensure_built(tmp_path / "build.log")
    assert os.linesep not in words_of(refused.value)
