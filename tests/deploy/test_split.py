"""The exported pages on one subdomain and the back end on another: people sign in and see their answers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import browser_type_launch_args
from tests.e2e.reading import PASSWORD, composer, expect_conversation, expect_counted, send, sign_up
from tests.services.exported import Exported
from tests.services.real_server import free_port

__all__ = ["browser_type_launch_args"]


@pytest.fixture(params=["caddy", "nginx"])
def split(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Exported]:
    """The pages at chat.example.test, the back end at api.example.test."""
    made = Exported(request.param, tmp_path / "data", free_port(), split=True)
    made.start()
    _make_first_account(made)
    yield made
    made.terminate()


def _make_first_account(made: Exported) -> None:
    """Where others can reach chatapp, the first sign-up would ask for the code printed at its start."""
    command = [sys.executable, "-m", "chatapp", "create-user", "first", "--admin"]
    subprocess.run(command, cwd=made.root, env=made.environment, input=PASSWORD.encode(), check=True)


def test_pages_on_another_subdomain_sign_up_ask_reload_and_sign_out(browser: Browser, split: Exported) -> None:
    page = browser.new_context(base_url=split.url).new_page()
    sign_up(page, "ada")
    assert page.url.startswith(split.pages_url)
    send(page, "count 30")
    conversation_id = expect_conversation(page)
    expect_counted(page, 30)
    page.reload()
    expect_counted(page, 30)
    assert page.url == f"{split.pages_url}/c/{conversation_id}"
    page.get_by_test_id("user-menu").click()
    page.get_by_test_id("logout").click()
    page.wait_for_url(f"{split.pages_url}/login**")
    expect(composer(page)).to_have_count(0)
    page.context.close()
