"""Starting: what stands in the way is said in one line, and two servers never share a port or a data directory."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.cli import port
from chatapp.cli.data_lock import hold
from chatapp.errors import SettingsError
from chatapp.settings import Settings

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


def test_a_wrong_setting_is_one_line_and_exit_code_two() -> None:
    done = serve(PORT="many")
    assert done.returncode == 2
    assert done.stderr.startswith("chatapp: PORT is wrong")
    assert done.stderr.count("\n") == 1


def test_a_taken_port_is_one_line_that_names_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        done = serve(PORT=str(number))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"PORT={number + 1}" in done.stderr


def test_a_port_shared_by_a_listening_server_counts_as_taken() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="is taken"):
            port.claim("127.0.0.1", taken.getsockname()[1])


def test_a_name_of_this_machine_becomes_its_address() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert port.claim("localhost", free) in {"127.0.0.1", "::1"}


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="not an address of this machine"):
        port.claim("192.0.2.1", 3000)


def test_a_second_start_on_the_same_data_is_refused_until_the_first_has_ended(settings: Settings) -> None:
    with hold(settings), pytest.raises(SettingsError, match="Another chatapp is running"), hold(settings):
        pass
    with hold(settings):
        pass


def test_servers_that_share_redis_share_the_data_directory(settings: Settings) -> None:
    shared = settings.model_copy(update={"redis_url": "redis://localhost"})
    with hold(shared), hold(shared):
        pass
