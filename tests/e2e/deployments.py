"""The ways to serve chatapp; the same tests run on each of them. CHATAPP_TEST_DEPLOYMENT picks one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.e2e.serving import Server
from tests.services.exported import Exported
from tests.services.stack import Stack


class Deployment(Protocol):
    """What tests ask of a deployment."""

    data_dir: Path
    root: Path
    port: int
    url: str
    command: list[str]

    @property
    def database_url(self) -> str:
        """Where its database is, for SQLAlchemy."""
        ...

    def start(self) -> None:
        """Start it and wait until it is ready."""
        ...

    def terminate(self) -> int:
        """End it gently; returns the exit code."""
        ...

    def demo_log(self, question: str = "") -> list[dict[str, object]]:
        """What the demo model wrote down about its answers; only those whose question contains `question`."""
        ...


DEPLOYMENTS: dict[str, Callable[[Path, int], Deployment]] = {
    "run": Server,
    "stack": Stack,
    "caddy": partial(Exported, "caddy"),
    "nginx": partial(Exported, "nginx"),
    "caddy-split": partial(Exported, "caddy", split=True),
    "nginx-split": partial(Exported, "nginx", split=True),
}
