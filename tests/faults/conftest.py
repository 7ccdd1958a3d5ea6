"""What the faults happen to: the whole stack with people in front of it, or a web process of the test's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import find
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, PORT, browser_type_launch_args
from tests.e2e.reading import new_person
from tests.faults.crowd import Crowd
from tests.faults.ledger import Ledger
from tests.faults.scene import Scene
from tests.services.stack import ROOT, Stack
from tests.worker.conftest import ada, start_worker, team, web

__all__ = ["ada", "browser_type_launch_args", "start_worker", "team", "web"]

REPORT = os.environ.get("CHATAPP_TEST_FAULTS_REPORT", "")
PEOPLE = 3
SHORT_TIMERS = {
    "CHATAPP_LEASE_SECONDS": "5",
    "CHATAPP_HEARTBEAT_SECONDS": "0.5",
    "CHATAPP_REAPER_SECONDS": "0.5",
    "CHATAPP_AUTO_TITLE": "false",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is picked by `-m faults`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """What happened in this run; written where CHATAPP_TEST_FAULTS_REPORT says."""
    made = Ledger()
    yield made
    if REPORT:
        made.write(Path(REPORT), request.session.testsfailed)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The stack, a browser and a crowd. Playwright ends with the module: async tests cannot run beside it."""
    stack = Stack(tmp_path_factory.mktemp("faults") / "data", PORT, ROOT, **SHORT_TIMERS)
    stack.start()
    crowd = Crowd(stack.url, PEOPLE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        made = Scene(stack, new_person(browser, stack.url), crowd, PEOPLE)
        yield made
        made.close()
        browser.close()
    crowd.close()
    stack.terminate()
