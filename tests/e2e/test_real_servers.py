"""The main job in a browser at servers that nobody here wrote, while chatapp is killed: llama.cpp and LiteLLM."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.reading import answer, body, expect_counted, expect_status, send, signed_up
from tests.e2e.serving import Server, free_port
from tests.services.demo_server import DemoServer
from tests.services.litellm_proxy import KEY, LiteLLMProxy
from tests.services.llama_server import MODEL, THINKING, LlamaServer, thoughts_and_words
from tests.services.real_server import serving
from tests.waiting import until_sync

pytestmark = [pytest.mark.one_process, pytest.mark.timeout(600)]

SAID, LAST = 400, 300


@pytest.fixture
def at_llama(server: Server, tmp_path: Path) -> Iterator[Server]:
    """chatapp in front of a llama.cpp server whose model thinks."""
    with serving(LlamaServer(tmp_path, thoughts_and_words(40, SAID), template=THINKING)) as llama:
        made = Server(tmp_path / "data", free_port(), server.root, OPENAI_BASE_URL=llama.url)
        made.start()
        yield made
        made.terminate()


@pytest.fixture
def at_litellm(server: Server, tmp_path: Path) -> Iterator[Server]:
    """chatapp in front of LiteLLM in front of the scripted model."""
    with serving(DemoServer(tmp_path)) as demo, serving(LiteLLMProxy(tmp_path, {"demo": demo.url})) as proxy:
        own = {"OPENAI_BASE_URL": proxy.url, "OPENAI_API_KEY": KEY}
        made = Server(tmp_path / "data", free_port(), server.root, **own)
        made.start()
        yield made
        made.terminate()


def test_an_answer_of_llama_cpp_outlives_chatapp_being_killed(browser: Browser, at_llama: Server) -> None:
    page = signed_up(browser, at_llama.url)
    expect(page.get_by_test_id("model-picker")).to_contain_text(MODEL)
    send(page, "Tell me about whales.")
    expect(answer(page).get_by_test_id("reasoning")).to_be_visible(timeout=60_000)
    kept = killed_in_mid_answer(page, at_llama, 40)
    answer(page).get_by_test_id("continue").click()
    expect_status(page, "completed", seconds=120)
    whole = shown(page)
    assert whole.startswith(kept)
    assert len(whole) > SAID
    page.context.close()


def test_an_answer_of_litellm_outlives_chatapp_being_killed(browser: Browser, at_litellm: Server) -> None:
    page = signed_up(browser, at_litellm.url)
    expect(page.get_by_test_id("model-picker")).to_contain_text("demo")
    send(page, f"count {LAST} at 50")
    killed_in_mid_answer(page, at_litellm, 60)
    answer(page).get_by_test_id("continue").click()
    expect_counted(page, LAST)
    page.context.close()


def killed_in_mid_answer(page: Page, chatapp: Server, characters: int) -> str:
    """Kill chatapp once so much is on the screen, and start it again; returns what is there then of the answer.

    Fails unless that is interrupted, and begins with what was on the screen.
    """
    until_sync(lambda: len(shown(page)) >= characters, seconds=60, what="text on the screen")
    expect_status(page, "streaming")
    chatapp.kill()
    seen = shown(page)
    chatapp.start()
    page.reload()
    expect_status(page, "interrupted")
    kept = shown(page)
    assert kept.startswith(seen), (seen, kept)
    return kept


def shown(page: Page) -> str:
    """The words of the newest answer on the screen, nothing while there is none."""
    return " ".join(body(page).inner_text().split()) if body(page).count() else ""
