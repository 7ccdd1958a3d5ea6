"""What the attacks of this folder happen to: a server process, and a person in front of it who goes on."""

import time

import psutil

from tests.e2e.serving import Server
from tests.e2e.socket_client import PageSocket

PASSWORD = "correct horse battery"
GROWTH_MB = 150
ANSWERED_SECONDS = 2.0
"""For a busy machine; an attack that succeeds keeps people waiting for much longer."""


def megabytes(server: Server) -> float:
    """The memory of the server's process."""
    return float(psutil.Process(server.pid).memory_info().rss) / 1e6


def answered_seconds(page: PageSocket) -> float:
    """How long what a person does waits for its effect."""
    began = time.monotonic()
    page.settle()
    return time.monotonic() - began
