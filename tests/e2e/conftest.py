"""The deployment under test and the people who use it."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.deployments import DEPLOYMENTS, Deployment
from tests.e2e.reading import new_person

DEPLOYMENT = os.environ.get("CHATAPP_TEST_DEPLOYMENT", "run")
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORT = int(os.environ.get("CHATAPP_TEST_PORT", "3000")) + 10 * WORKER
"""Where the server under test listens. Tests that run side by side have one each."""

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LAN_ADDRESS = "192.0.2.1"
"""Stands for this machine as others in its network see it: no page there has the rights of localhost."""

# Two addresses of one site, and the one that others use.
CHROMIUM_ARGUMENTS += [f"--host-resolver-rules=MAP *.example.test 127.0.0.1, MAP {LAN_ADDRESS} 127.0.0.1"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium when there is one; Playwright's own download otherwise."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    own = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **own, "args": CHROMIUM_ARGUMENTS}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What kills or replaces the one process of `make run` is about that deployment alone."""
    if DEPLOYMENT != "run":
        skip = pytest.mark.skip(reason="about the deployment of one process")
        for item in items:
            if item.get_closest_marker("one_process"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The deployment under test, with open sign-up and limits that tests do not reach."""
    made = DEPLOYMENTS[DEPLOYMENT](tmp_path_factory.mktemp("e2e") / "data", PORT)
    made.start()
    yield made
    made.terminate()


@pytest.fixture
def ada(browser: Browser, server: Deployment) -> Iterator[Page]:
    """A page of somebody who has just signed up."""
    page = new_person(browser, server.url)
    yield page
    page.context.close()


@pytest.fixture
def eve(browser: Browser, server: Deployment) -> Iterator[Page]:
    """A page of somebody else."""
    page = new_person(browser, server.url)
    yield page
    page.context.close()
