"""A real worker process for tests."""

import os
import sys
from pathlib import Path

from chatapp.settings import Settings
from tests.services.real_server import RealServer

ROOT = Path(__file__).parents[2]


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment in which a process of chatapp has these settings, and nothing else of ours."""
    own = {
        f"CHATAPP_{name.upper()}": _words(value)
        for name, value in settings.model_dump(exclude_defaults=True).items()
        if not name.startswith("openai_")
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("CHATAPP_", "OPENAI_", "REFLEX_"))}
    return {**inherited, **own, "OPENAI_BASE_URL": settings.openai_base_url, **more}


def _words(value: object) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)


class WorkerProcess(RealServer):
    """`python -m chatapp worker` with the given settings."""

    def __init__(self, settings: Settings, log_file: Path, **more: str) -> None:
        super().__init__(
            [sys.executable, "-m", "chatapp", "worker"],
            log_file,
            self._is_ready,
            environment=environment(settings, **more),
            folder=ROOT,
        )

    def _is_ready(self) -> bool:
        return self._log_file.read_text().count("worker_ready") >= self.starts
