"""`backend.zip` of an export: unpacked elsewhere, with no build beside it, it serves people."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.reading import PASSWORD
from tests.e2e.serving import Server
from tests.e2e.socket_client import opened_page, sign_up
from tests.services.real_server import free_port


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The back end, served from what the archive holds."""
    folder = tmp_path_factory.mktemp("archive")
    port = free_port()
    made = Server(folder / "data", port, folder / "unpacked", CHATAPP_PUBLIC_URL=f"http://localhost:{port}")
    made.command = [*made.command, "--backend-only"]
    _export(made, folder)
    made.start()
    yield made
    made.terminate()


def _export(made: Server, folder: Path) -> None:
    command = [sys.executable, "-m", "chatapp", "export", "--to", str(folder)]
    done = subprocess.run(command, env=made.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "backend.zip") as archive:
        archive.extractall(made.root)


def test_an_unpacked_back_end_is_ready_and_serves_no_pages(unpacked: Server) -> None:
    assert httpx2.get(f"{unpacked.url}/health/ready").status_code == 200
    assert httpx2.get(f"{unpacked.url}/login").status_code == 404
    assert not (unpacked.root / ".web" / "build").exists()


def test_people_sign_in_to_an_unpacked_back_end_and_get_answers(unpacked: Server) -> None:
    with opened_page(unpacked.url, sign_up(unpacked.url, PASSWORD)) as page:
        page.ask("count 3")


def test_commands_of_an_unpacked_back_end_know_its_database(unpacked: Server) -> None:
    command = [sys.executable, "-m", "chatapp", "doctor"]
    done = subprocess.run(
        command, cwd=unpacked.root, env=unpacked.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
