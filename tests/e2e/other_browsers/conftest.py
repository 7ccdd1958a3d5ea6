"""A screen that nobody sees, and a window of each browser on it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.other_browsers import programs
from tests.e2e.other_browsers.windows import Window, firefox, webkit

Opened = Callable[[Path], AbstractContextManager[Window]]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A virtual screen, which browsers find by the environment."""
    command = [programs.find("Xvfb"), "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        monkeypatch.setenv("DISPLAY", f":{process.stdout.readline().strip()}")
        yield
        process.terminate()


@pytest.fixture(params=[firefox, webkit], ids=["firefox", "webkit"])
def window(request: pytest.FixtureRequest, screen: None, tmp_path: Path) -> Iterator[Window]:
    """A fresh window of either browser."""
    opened: Opened = request.param
    with opened(tmp_path) as made:
        yield made
