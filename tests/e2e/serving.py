"""A real server process for end-to-end tests: the one that `make run` starts, on a port and data folder of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2

from tests.services.real_server import free_port, refuse_taken
from tests.waiting import until_sync

__all__ = ["ROOT", "Server", "free_port"]

ROOT = Path(__file__).parents[2]
START_SECONDS = 300
"""The first start builds the frontend."""


class Server:
    """Starts, kills and restarts `python -m chatapp serve` of the checkout at `root`."""

    def __init__(self, data_dir: Path, port: int, root: Path = ROOT, **settings: str) -> None:
        self.data_dir = data_dir
        self.root = root
        self.port = port
        self.demo_port = free_port()
        self.url = f"http://localhost:{port}"
        self.log_file = data_dir.parent / f"server-{port}.log"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("CHATAPP_", "OPENAI_", "REFLEX_"))},
            "PORT": str(port),
            "CHATAPP_DATA_DIR": str(data_dir),
            "CHATAPP_DEMO_PORT": str(self.demo_port),
            "CHATAPP_DEMO_LOG": "true",
            "CHATAPP_DISCOVER": "false",
            "CHATAPP_SIGNUP": "open",
            "CHATAPP_LOGIN_LIMIT": "1000/minute",
            "CHATAPP_MESSAGE_LIMIT": "1000/minute",
            **settings,
        }
        self.command = [sys.executable, "-m", "chatapp", "serve"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        refuse_taken(self.port)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(self.command, cwd=self.root, env=self.environment, stdout=log, stderr=log)
        until_sync(self._is_ready, seconds=START_SECONDS, what=f"the server (see {self.log_file})")

    @property
    def database_url(self) -> str:
        """Where its database is."""
        return f"sqlite:///{self.data_dir / 'chatapp.db'}"

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def terminate(self) -> int:
        """End it gently; returns the exit code."""
        self.ask_to_end()
        return self.wait_for_end()

    def ask_to_end(self) -> None:
        """The signal by which supervisors begin a restart."""
        assert self._process is not None
        self._process.terminate()

    def wait_for_end(self) -> int:
        """Wait until it has ended; returns the exit code."""
        assert self._process is not None
        return self._process.wait(timeout=60)

    def demo_log(self, question: str = "") -> list[dict[str, object]]:
        """What the demo model wrote down about its answers; only those whose question contains `question`."""
        entries = httpx2.get(f"http://127.0.0.1:{self.demo_port}/log").json()
        return [e for e in entries if e["kind"] == "chat" and question in str(e)]

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"The server ended: {self.log_file.read_text()[-3000:]}")
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False
