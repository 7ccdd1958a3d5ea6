"""A real server process for tests: started on a free port, killed, frozen and started again at will."""

import random
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from tests.waiting import until_sync

PORTS = range(12_000, 22_000)
"""Systems give higher ones to connections that go out, which could take a port between its choice and its use; above
these is room for the ports on which servers of a Redis cluster talk to one another."""


def free_port() -> int:
    """A port that nobody listens on now, at random: whoever tests beside us chooses too."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("", port))
            return port


def refuse_taken(port: int) -> None:
    """Fail when somebody listens on `port` already: their answers would be taken for ours."""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, f"port {port} is taken; set CHATAPP_TEST_PORT to another"


class RealServer:
    """One process that serves until it is told otherwise. `answers` says whether it serves yet."""

    START_SECONDS = 60.0

    def __init__(
        self,
        command: Sequence[str],
        log_file: Path,
        answers: Callable[[], bool],
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path = Path("/"),
    ) -> None:
        self.starts = 0
        self._environment = environment
        self._folder = folder
        self._command = command
        self._log_file = log_file
        self._answers = answers
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.starts += 1
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, user=self._user, cwd=self._folder, env=self._environment
            )
        until_sync(self._is_up, seconds=self.START_SECONDS, what=f"{self._command[0]} (see {self._log_file})")

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._send(signal.SIGKILL)
        self._wait()

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """End it gently."""
        self._send(how)
        self._wait()

    def freeze(self) -> None:
        """Stop it in its tracks; it keeps its connections and answers nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"It ended: {self._log_file.read_text()[-2000:]}")
        return self._answers()

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _wait(self) -> None:
        assert self._process is not None
        self._process.wait(timeout=60)


Started = TypeVar("Started", bound=RealServer)


@contextmanager
def serving(server: Started) -> Iterator[Started]:
    """The server, which ends with the block, however that ends."""
    try:
        server.start()
        yield server
    finally:
        server.kill()
