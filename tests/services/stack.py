"""`make stack` for tests: the whole team deployment, each of whose processes can be killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx2

from deploy.stack.services import postgres_folder
from tests.services.real_server import free_port, refuse_taken
from tests.waiting import until_sync

ROOT = Path(__file__).parents[2]
START_SECONDS = 300
DATABASE = re.compile(r'CHATAPP_DATABASE_URL="([^"]+)"')


class Stack:
    """Two web processes, two workers, Redis, PostgreSQL and a proxy, with data in `data_dir`."""

    def __init__(self, data_dir: Path, port: int, root: Path = ROOT, **settings: str) -> None:
        self.data_dir = data_dir
        self.root = root
        self.port = port
        self.demo_port = free_port()
        self.url = f"http://localhost:{port}"
        self.folder = data_dir.absolute() / "stack"
        self.log_file = data_dir.parent / f"stack-{port}.log"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("CHATAPP_", "OPENAI_", "REFLEX_"))},
            "PORT": str(port),
            "CHATAPP_DATA_DIR": str(data_dir),
            "CHATAPP_DEMO_PORT": str(self.demo_port),
            "CHATAPP_DEMO_LOG": "true",
            "CHATAPP_SIGNUP": "open",
            "CHATAPP_LOGIN_LIMIT": "1000/minute",
            "CHATAPP_MESSAGE_LIMIT": "1000/minute",
            **settings,
        }
        self.command = [sys.executable, "-m", "deploy.stack"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """Where its PostgreSQL is."""
        found = DATABASE.search((self.folder / "supervisord.conf").read_text())
        assert found is not None
        return found[1]

    def start(self) -> None:
        """Start it and wait until the proxy finds a web process that is ready."""
        refuse_taken(self.port)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(self.command, cwd=self.root, env=self._environment, stdout=log, stderr=log)
        until_sync(self.is_ready, seconds=START_SECONDS, what=f"the stack (see {self.log_file})")

    def terminate(self) -> int:
        """End it gently and forget its cluster; returns the exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(timeout=90)
        shutil.rmtree(postgres_folder(self.folder), ignore_errors=True)
        return code

    def pid(self, program: str) -> int:
        """The process id of one program; 0 while it is not running."""
        return int(self._supervise("pid", program).strip() or 0)

    def send(self, program: str, number: signal.Signals) -> int:
        """Send a signal to one program; returns the process id it had. Waits for one that is just being started."""
        pids: list[int] = []

        def is_running() -> bool:
            pids.append(self.pid(program))
            return pids[-1] != 0

        until_sync(is_running, what=f"{program} to be running")
        os.kill(pids[-1], number)
        return pids[-1]

    def kill(self, program: str) -> None:
        """kill -9; the supervisor starts it again."""
        self.send(program, signal.SIGKILL)

    def put_away(self, program: str) -> None:
        """Stop one program until it is brought back."""
        self._supervise("stop", program)

    def bring_back(self, program: str) -> None:
        """Start one program again."""
        self._supervise("start", program)

    def _supervise(self, *command: str) -> str:
        control = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self.folder / "supervisord.conf")]
        return subprocess.run([*control, *command], capture_output=True, check=False, text=True).stdout

    def demo_log(self, question: str = "") -> list[dict[str, object]]:
        """What the demo model wrote down about its answers; only those whose question contains `question`."""
        entries = httpx2.get(f"http://127.0.0.1:{self.demo_port}/log").json()
        return [e for e in entries if e["kind"] == "chat" and question in str(e)]

    def is_ready(self) -> bool:
        """Whether a web process that is ready can be reached through the proxy."""
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"The stack ended: {self.log_file.read_text()[-3000:]}")
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False
