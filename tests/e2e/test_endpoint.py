"""A model server of one's own instead of the demo: everything goes to it, and the demo model is not even started."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.reading import answer, body, composer, expect_counted, expect_status, new_person, send, signed_up
from tests.e2e.serving import ROOT, Server
from tests.services.real_server import RealServer, free_port

BACK_SECONDS = 15
"""It is looked for every 5 s, and a page is told within as long again."""

pytestmark = pytest.mark.one_process


class ModelServer(RealServer):
    """An OpenAI-compatible server in a process of its own, at `base_url`."""

    base_url = ""


@pytest.fixture
def other_server(tmp_path: Path) -> Iterator[ModelServer]:
    """Such a server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx2.get(f"{url}/v1/models").status_code == 200
        except httpx2.HTTPError:
            return False

    command = [sys.executable, "-m", "chatapp.demo_model", "--port", str(port)]
    process = ModelServer(command, tmp_path / "model.log", answers, folder=ROOT)
    process.base_url = f"{url}/v1"
    process.start()
    yield process
    process.kill()


@pytest.fixture
def connected(server: Server, other_server: ModelServer, tmp_path: Path) -> Iterator[Server]:
    """chatapp with that server and a key for it."""
    own = {"OPENAI_BASE_URL": other_server.base_url, "OPENAI_API_KEY": "sk-of-this-test"}
    made = Server(tmp_path / "data", free_port(), server.root, **own)
    made.start()
    yield made
    made.terminate()


@pytest.fixture
def disconnected(server: Server, tmp_path: Path) -> Iterator[Server]:
    """chatapp with the address of a server that is not there."""
    own = {"OPENAI_BASE_URL": f"http://127.0.0.1:{free_port()}/v1", "OPENAI_API_KEY": "sk-of-this-test"}
    made = Server(tmp_path / "data", free_port(), server.root, **own)
    made.start()
    yield made
    made.terminate()


def test_without_any_model_the_first_page_says_why(browser: Browser, disconnected: Server) -> None:
    page = signed_up(browser, disconnected.url)
    expect(page.get_by_test_id("error")).to_contain_text("can't be reached")
    expect(page.get_by_test_id("error")).to_contain_text("CHATAPP_DEFAULT_MODEL")
    expect(page.get_by_test_id("model-picker")).to_have_text("Choose a model")
    page.context.close()


def test_with_an_endpoint_set_it_answers_and_no_demo_model_runs(
    browser: Browser, connected: Server, other_server: ModelServer
) -> None:
    page = new_person(browser, connected.url)
    send(page, "count 60 at 30")
    expect(body(page)).to_contain_text("9 ")
    page.reload()
    expect_counted(page, 60)
    send(page, "count 500 at 50")
    expect(body(page)).to_contain_text("9 ")
    page.get_by_test_id("stop").click()
    expect_status(page, "stopped")
    answer(page).get_by_test_id("continue").click()
    expect_counted(page, 500, seconds=30)
    asked = httpx2.get(other_server.base_url.removesuffix("/v1") + "/log").json()
    assert {"count 60 at 30", "count 500 at 50"} <= {entry["question"] for entry in asked}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", connected.demo_port)) != 0
    page.context.close()


def test_a_question_to_a_server_that_is_down_stays_in_the_box_and_goes_when_that_is_back(
    browser: Browser, connected: Server, other_server: ModelServer
) -> None:
    admin, page = new_person(browser, connected.url), new_person(browser, connected.url)
    other_server.kill()
    for asking in (page, admin):
        composer(asking).fill("count 3")
        composer(asking).press("Enter")
        expect(asking.get_by_test_id("error")).to_contain_text("The model server '127.0.0.1' can't be reached")
        expect(composer(asking)).to_have_value("count 3")
        expect(asking.get_by_test_id("conversation-item")).to_have_count(0)
    expect(admin.get_by_test_id("error")).to_contain_text(other_server.base_url)
    expect(page.get_by_test_id("error")).not_to_contain_text("http")
    page.get_by_role("button", name="Dismiss").click()
    notice = page.get_by_test_id("model-server-away")
    expect(notice).to_contain_text("Looking again")
    other_server.start()
    expect(notice).to_have_count(0, timeout=BACK_SECONDS * 1000)
    expect(admin.get_by_test_id("error")).to_have_count(0, timeout=BACK_SECONDS * 1000)
    composer(page).press("Enter")
    expect_counted(page, 3)
    page.context.close()
    admin.context.close()
