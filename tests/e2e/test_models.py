"""The model that is picked is the one that answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.reading import expect_conversation, expect_counted, new_person, send
from tests.e2e.seeding import conversation_model
from tests.e2e.serving import Server, free_port

pytestmark = pytest.mark.one_process


@pytest.fixture
def two_models(server: Server, tmp_path: Path) -> Iterator[Server]:
    """chatapp with two endpoints, which are one server: another's demo model."""
    url = f"http://127.0.0.1:{server.demo_port}/v1"
    endpoints = [{"name": name, "base_url": url, "models": [f"demo-{name}"]} for name in ("alpha", "beta")]
    made = Server(tmp_path / "data", free_port(), server.root, CHATAPP_ENDPOINTS=json.dumps(endpoints))
    made.start()
    yield made
    made.terminate()


def pick(page: Page, key: str) -> None:
    """Open the list and choose a model; returns when the list is gone."""
    page.get_by_test_id("model-picker").click()
    page.locator(f'[data-testid="model-option"][data-model="{key}"]').click()
    expect(page.get_by_test_id("model-option")).to_have_count(0)


def test_a_picked_model_answers_also_when_the_list_is_opened_again_before_the_question(
    browser: Browser, two_models: Server
) -> None:
    page = new_person(browser, two_models.url)
    picker = page.get_by_test_id("model-picker")
    send(page, "count 3")
    expect_counted(page, 3)
    opened = expect_conversation(page)
    first = picker.inner_text()
    key, name = ("beta/demo-beta", "demo-beta") if "alpha" in first else ("alpha/demo-alpha", "demo-alpha")
    pick(page, key)
    expect(picker).to_contain_text(name)
    picker.click()
    option = page.locator(f'[data-testid="model-option"][data-model="{key}"]')
    expect(option).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")
    send(page, "count 4")
    expect_counted(page, 4)
    expect(picker).to_contain_text(name)
    assert conversation_model(two_models, opened) == key
    page.context.close()
