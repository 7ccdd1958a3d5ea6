"""The server that is attacked, and a person who was there before."""

from collections.abc import Iterator

import pytest

from tests.attacks.figures import FIGURES
from tests.attacks.scene import PASSWORD
from tests.e2e.serving import Server, free_port
from tests.e2e.socket_client import PageSocket, opened_page, sign_up


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server process whose log holds no trace of an exception at the end."""
    made = Server(tmp_path_factory.mktemp("attacked") / "data", free_port())
    made.start()
    yield made
    made.terminate()
    assert "Traceback" not in made.log_file.read_text()


@pytest.fixture
def person(attacked: Server) -> Iterator[PageSocket]:
    """Somebody with a page open."""
    with opened_page(attacked.url, sign_up(attacked.url, PASSWORD)) as page:
        yield page


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures, whatever became of the tests."""
    for figure in FIGURES:
        terminalreporter.write_line(figure.line())
