"""The list of models when it is long: quick to open, every model in reach, by keys, by touch and by ear."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.list_server import hanging, listing
from tests.e2e.reading import signed_up
from tests.e2e.serving import Server, free_port
from tests.e2e.watching import CONTRAST, SIDEWAYS

pytestmark = pytest.mark.one_process

LONG = "a-name-that-never-ends-" * 8
PATH = "/home/ada/models/bert-chat.gguf"
MANY, ALL = 400, 5_000
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
READABLE = 4.5

OPENS_WITHIN_SECONDS = 0.2
"""Of the main thread, from the press to the last of what it causes."""

TOO_WIDE = """list => [list, ...list.closest("[role=dialog]").querySelectorAll("*")]
  .filter(box => box.clientWidth && !box.closest(".visually-hidden") && box.scrollWidth > box.clientWidth)
  .map(box => box.className)"""


def names(count: int) -> list[str]:
    """So many names of models, one of them long and one a path."""
    made = [f"maker-{number % 7}/model-{number}{LONG if number == 3 else ''}" for number in range(count)]
    made[5] = PATH
    return made


@pytest.fixture(scope="module", params=[MANY, ALL])
def crowded(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """chatapp with a server that lists so many models, one that hangs, one that is not there and one without models."""
    folder: Path = tmp_path_factory.mktemp("crowded")
    with ExitStack() as stack:
        urls = {
            "Router": stack.enter_context(listing(names(request.param))),
            "Hangs": stack.enter_context(hanging()),
            "Down": f"http://127.0.0.1:{free_port()}/v1",
            "Empty": stack.enter_context(listing([])),
        }
        endpoints = json.dumps([{"name": name, "base_url": url} for name, url in urls.items()])
        made = Server(folder / "data", free_port(), server.root, CHATAPP_ENDPOINTS=endpoints)
        made.start()
        yield made
        made.terminate()


@pytest.fixture
def page(browser: Browser, crowded: Server) -> Iterator[Page]:
    """Somebody's page that has opened."""
    yield from opened(browser, crowded)


@pytest.fixture
def phone(browser: Browser, crowded: Server) -> Iterator[Page]:
    """The same on a phone."""
    yield from opened(browser, crowded, **PHONE)


def opened(browser: Browser, server: Server, **context: object) -> Iterator[Page]:
    """A page whose model is known, and its end."""
    made = signed_up(browser, server.url, **context)
    expect(picker(made)).to_contain_text("model-0")
    yield made
    made.context.close()


def picker(page: Page) -> Locator:
    """The button that names the model."""
    return page.get_by_test_id("model-picker")


def options(page: Page) -> Locator:
    """The models that are shown."""
    return page.get_by_test_id("model-option")


def search(page: Page) -> Locator:
    """The search box."""
    return page.get_by_test_id("model-search")


def marked(page: Page) -> Locator:
    """The model that Enter would choose."""
    return page.locator('[data-testid="model-option"][aria-selected="true"]')


def test_opening_a_long_list_keeps_the_browser_busy_for_a_moment_only(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy_seconds() -> float:
        values = devtools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in values if one["name"] == "TaskDuration"))

    took = []
    for _ in range(3):
        before = busy_seconds()
        picker(page).click()
        expect(options(page).nth(MANY - 1)).to_be_attached()
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        took.append(busy_seconds() - before)
        page.keyboard.press("Escape")
        expect(options(page)).to_have_count(0)
    assert min(took) <= OPENS_WITHIN_SECONDS, took


def test_keys_open_search_move_choose_and_lead_back(page: Page) -> None:
    picker(page).press("Enter")
    expect(search(page)).to_be_focused()
    page.keyboard.type("MODEL-39 maker")
    expect(options(page).first).to_have_attribute("data-model", re.compile(r"/model-39$"))
    expect(marked(page)).to_have_attribute("data-model", re.compile(r"/model-39$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(marked(page)).to_have_attribute("data-model", re.compile(r"/model-390$"))
    page.keyboard.press("Enter")
    expect(picker(page)).to_contain_text("model-390")
    expect(options(page)).to_have_count(0)
    expect(picker(page)).to_be_focused()
    picker(page).press("Enter")
    expect(search(page)).to_have_value("")
    expect(marked(page)).to_have_attribute("aria-checked", "true")
    expect(marked(page)).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(picker(page)).to_be_focused()


def test_keys_right_after_typing_go_by_what_was_typed(page: Page) -> None:
    picker(page).click()
    search(page).fill("model-321")
    page.keyboard.press("Enter")
    expect(picker(page)).to_contain_text("model-321")
    picker(page).click()
    search(page).fill("model-39")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(picker(page)).to_contain_text("model-390")


def test_every_model_is_in_reach_by_scrolling_and_by_searching(page: Page) -> None:
    picker(page).click()
    expect(search(page)).to_be_focused()
    more = page.get_by_role("button", name="show more")
    while more.count():
        before = options(page).count()
        more.click()
        expect(options(page).nth(before)).to_be_attached(timeout=20_000)
    count = options(page).count()
    assert count in (MANY, ALL)
    assert options(page).last.get_attribute("data-model") == f"Router/{names(count)[-1]}"
    last = options(page).last
    last.scroll_into_view_if_needed()
    last.click()
    expect(picker(page)).to_contain_text(f"model-{count - 1}")
    picker(page).click()
    expect(marked(page)).to_have_attribute("data-model", f"Router/{names(count)[-1]}")
    expect(marked(page)).to_be_in_viewport()
    search(page).fill(f"model-{count // 2}")
    options(page).and_(page.locator(f'[data-model="Router/{names(count)[count // 2]}"]')).click()
    expect(picker(page)).to_contain_text(f"model-{count // 2}")


def test_of_a_path_the_name_of_the_file_is_shown_and_the_rest_is_a_tooltip(page: Page) -> None:
    picker(page).click()
    search(page).fill("bert")
    expect(options(page)).to_have_text(["bert-chat.gguf"])
    expect(options(page).first).to_have_attribute("title", f"Router/{PATH}")
    page.keyboard.press("Enter")
    expect(picker(page)).to_have_text("bert-chat.gguf")
    expect(picker(page)).to_have_attribute("title", f"Router/{PATH}")


def test_nothing_scrolls_sideways_whatever_names_and_errors_say(phone: Page) -> None:
    picker(phone).tap()
    menu = phone.get_by_role("dialog")
    expect(menu).to_contain_text("can't be reached")
    expect(options(phone).nth(3)).to_contain_text(LONG)
    assert phone.get_by_role("listbox").evaluate(TOO_WIDE) == []
    assert phone.evaluate(SIDEWAYS) == []
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    options(phone).nth(3).tap()
    expect(picker(phone)).to_contain_text(LONG)
    assert phone.evaluate(SIDEWAYS) == []


def test_a_phone_shows_the_list_before_its_keyboard(phone: Page) -> None:
    picker(phone).tap()
    expect(options(phone).first).to_be_visible()
    expect(search(phone)).not_to_be_focused()
    search(phone).tap()
    expect(search(phone)).to_be_focused()
    search(phone).fill("model-7")
    expect(options(phone).first).to_contain_text("model-7")


def test_each_endpoint_says_under_its_name_what_is_the_matter_with_it(page: Page) -> None:
    picker(page).click()
    menu = page.get_by_role("listbox")
    expect(menu).to_contain_text(re.compile(r"Down.*can't be reached.*Empty.*No models there yet", re.DOTALL))
    expect(menu).to_contain_text(re.compile(r"Hangs.*(Looking for models|has sent nothing)", re.DOTALL))
    page.get_by_text("No models there yet").click()
    expect(menu).to_be_visible()


def test_a_screen_reader_hears_which_model_is_marked_and_which_is_selected(page: Page) -> None:
    picker(page).click()
    box = page.get_by_role("combobox", name="Search models", expanded=True)
    expect(box).to_be_focused()
    listbox = page.get_by_role("listbox", name="Models")
    assert box.get_attribute("aria-controls") == listbox.get_attribute("id")
    expect(listbox.get_by_role("option").first).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(marked(page)).to_have_attribute("data-model", re.compile(r"model-1$"))
    expect(box).to_have_attribute("aria-activedescendant", marked(page).get_attribute("id") or "-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_the_list_can_be_read(browser: Browser, crowded: Server, scheme: str) -> None:
    for page in opened(browser, crowded, color_scheme=scheme):
        picker(page).click()
        menu = page.get_by_role("listbox")
        for text in (
            options(page).first,
            options(page).nth(1),
            menu.get_by_text("Router", exact=True),
            menu.get_by_text("can't be reached"),
            menu.get_by_text("No models there yet"),
        ):
            assert float(text.evaluate(CONTRAST)) >= READABLE, text
