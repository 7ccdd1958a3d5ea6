"""The scripted model in a process of its own, as any other model server."""

import sys
from pathlib import Path

import httpx2

from tests.services.real_server import RealServer, free_port

ROOT = Path(__file__).parents[2]


class DemoServer(RealServer):
    """`python -m chatapp.demo_model` on a free port."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        self.url = f"{address}/v1"
        self._client = httpx2.Client(base_url=address)
        command = [sys.executable, "-m", "chatapp.demo_model", "--port", str(port)]
        super().__init__(command, folder / f"demo-{port}.log", self._answers, folder=ROOT)

    def questions(self) -> list[str]:
        """What it was asked so far."""
        return [str(entry["question"]) for entry in self._entries()]

    def is_writing(self, question: str) -> bool:
        """Whether an answer to `question` is still being sent."""
        return any(entry["question"] == question and entry["closed_by"] is None for entry in self._entries())

    def _entries(self) -> list[dict[str, object]]:
        return self._client.get("/log").json()

    def _answers(self) -> bool:
        try:
            return self._client.get("/v1/models").status_code == 200
        except httpx2.HTTPError:
            return False
