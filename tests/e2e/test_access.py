"""Everybody can use the page: by touch, by ear, from right to left, on paper, and before or without its scripts."""

import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.deployments import Deployment
from tests.e2e.reading import answer, composer, expect_conversation, expect_status, new_person, send
from tests.e2e.seeding import long_conversation, person_id, seed
from tests.e2e.watching import CONTRAST
from tests.waiting import until_sync

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LONG_TITLE = (
    "A title that is much too long for one line, on the screen as on paper, and so goes on to another one below it"
)
CELLS = " | ".join(f"{'word' * 12} {number}" for number in range(7))
WIDE = f"| {CELLS} |\n{'|---' * 7}|\n| {CELLS} |\n| last cell |\n\n```\n{'one_long_line ' * 40}END_OF_LINE\n```"
NOTE_PRINTING = "window.print = () => { document.documentElement.dataset.printed = true }"
RING = 3.0
"""The least contrast for what shows the focus: WCAG 2.2, 1.4.11."""

IS_FOR_THUMBS = """target => {
  target.scrollIntoView({block: "center"});
  const {x, y, width, height} = target.getBoundingClientRect(), near = [-21, 21];
  return near.every(step => [[x + width / 2 + step, y + height / 2], [x + width / 2, y + height / 2 + step]]
    .every(([left, top]) => target.contains(document.elementFromPoint(left, top))));
}"""
"""Whether 44 pixels around its middle belong to it, across and down."""


@pytest.fixture
def phone(browser: Browser, server: Deployment) -> Iterator[Page]:
    """A page of somebody who has just signed up on a phone."""
    page = new_person(browser, server.url, **PHONE)
    yield page
    page.context.close()


@pytest.fixture
def without_scripts(browser: Browser, server: Deployment) -> Iterator[Page]:
    """A browser that shows pages as they were built, which is what every browser shows first."""
    page = browser.new_page(base_url=server.url, java_script_enabled=False)
    yield page
    page.close()


def expect_for_thumbs(*targets: Locator) -> None:
    """All of these are at least 44 pixels wide and high for a finger."""
    for target in targets:
        expect(target).to_be_visible()
        until_sync(partial(target.evaluate, IS_FOR_THUMBS), what=f"44 pixels for {target}")  # menus arrive moving


def test_what_a_thumb_presses_is_large_enough(phone: Page) -> None:
    send(phone, "code")
    expect_status(phone, "completed")
    last = answer(phone)
    expect_for_thumbs(*map(last.get_by_test_id, ("copy-code", "copy", "regenerate")))
    phone.get_by_test_id("model-picker").tap()
    expect_for_thumbs(phone.get_by_test_id("model-option"))
    phone.keyboard.press("Escape")
    phone.get_by_role("button", name="Open the list of chats").tap()
    phone.get_by_test_id("user-menu").tap()
    expect_for_thumbs(*phone.get_by_test_id("theme").get_by_role("button").all(), phone.get_by_test_id("logout"))
    phone.keyboard.press("Escape")
    phone.get_by_test_id("conversation-menu").tap()
    expect_for_thumbs(phone.get_by_test_id("rename"), phone.get_by_test_id("delete"))
    phone.get_by_test_id("delete").tap()
    expect_for_thumbs(phone.get_by_test_id("undo"))
    phone.context.clear_cookies()
    phone.goto("/login")
    expect_for_thumbs(phone.get_by_role("button", name="Show password"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ring_around_what_has_the_focus_stands_out_also_in_menus(
    browser: Browser, server: Deployment, scheme: str
) -> None:
    page = new_person(browser, server.url, color_scheme=scheme)
    page.get_by_test_id("user-menu").press("Enter")
    page.keyboard.press("Tab")
    for focused in (page.get_by_test_id("theme").locator("[aria-pressed=true]"), page.get_by_test_id("new-chat")):
        focused.focus()
        expect(focused).to_have_css("outline-style", "solid")
        contrast = float(focused.evaluate(CONTRAST.replace("element).color", "element).outlineColor")))
        assert contrast >= RING, focused
        page.keyboard.press("Escape")
    page.context.close()


def test_a_screen_reader_can_jump_from_message_to_message_and_tell_menus_apart(phone: Page) -> None:
    send(phone, "count 3")
    expect_status(phone, "completed")
    send(phone, "count 4")
    expect_status(phone, "completed")
    expect_conversation(phone)
    messages = phone.get_by_test_id("messages").get_by_role("heading", level=2)
    expect(messages).to_have_text(["You said", "Answer", "You said", "Answer"])
    expect(phone.get_by_role("heading", level=1)).to_have_text("Count 3")
    expect(phone.get_by_role("button", name="Model: demo")).to_be_visible()
    phone.get_by_test_id("model-picker").tap()
    expect(phone.get_by_role("option", name="demo")).to_be_checked()
    phone.keyboard.press("Escape")
    phone.get_by_role("button", name="Open the list of chats").tap()
    expect(phone.get_by_role("button", name="More: Count 3")).to_be_visible()


def test_what_is_written_from_right_to_left_stands_at_the_right(ada: Page) -> None:
    for text, direction in (("كم عدد الكواكب؟", "rtl"), ("How many planets are there?", "ltr")):
        composer(ada).fill(text)
        expect(composer(ada)).to_have_css("direction", direction)
    send(ada, "ما هي الكواكب؟")
    expect_status(ada, "completed")
    for title in (ada.get_by_test_id("conversation-item").locator("span").first, ada.get_by_role("heading", level=1)):
        expect(title).to_have_css("direction", "rtl")


def on_paper(page: Page) -> str:
    """The words that a browser prints of the page."""
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages).split())


def test_all_of_a_long_conversation_is_printed_and_nothing_else(ada: Page, server: Deployment) -> None:
    rows = long_conversation(person_id(server, ada), LONG_TITLE, 500)
    rows[-1] = rows[-1].model_copy(update={"text": WIDE})
    seed(server, rows)
    ada.add_init_script(NOTE_PRINTING)
    ada.goto(f"/c/{rows[0].model_dump()['id']}")
    expect(answer(ada)).to_contain_text("last cell")
    assert "Earlier messages are not printed here." in on_paper(ada)
    ada.keyboard.press("Control+p")
    expect(ada.locator("html[data-printed]")).to_be_attached(timeout=30_000)
    words = on_paper(ada)
    assert words.startswith(LONG_TITLE)
    assert re.findall(r"Question (\d+)", words) == [str(number) for number in range(250)]
    assert words.count("rows have a height") == 2 * 249
    assert "Ask anything" not in words
    assert "Earlier messages" not in words
    for end in ("END_OF_LINE", "last cell"):
        assert end in words


def test_a_conversation_that_is_there_is_printed_at_once_also_from_its_menu(ada: Page) -> None:
    send(ada, "show maths")
    expect_status(ada, "completed")
    ada.evaluate(NOTE_PRINTING)
    ada.get_by_test_id("conversation-item").first.hover()
    ada.get_by_test_id("conversation-menu").first.click()
    ada.get_by_test_id("print").click()
    expect(ada.locator("html[data-printed]")).to_be_attached()


def test_what_is_printed_is_on_white_and_as_wide_as_the_paper(ada: Page) -> None:
    send(ada, f"repeat exactly: {WIDE}")
    expect_status(ada, "completed")
    ada.set_viewport_size({"width": 700, "height": 900})
    ada.emulate_media(media="print", color_scheme="dark")
    for hidden in ("sidebar", "composer", "copy", "copy-code", "model-picker"):
        expect(ada.get_by_test_id(hidden).first).to_be_hidden()
    for part in (answer(ada), answer(ada).locator("pre"), answer(ada).locator("td").last):
        expect(part).to_have_css("color", "rgb(0, 0, 0)")
        assert part.evaluate("part => part.getBoundingClientRect().right <= innerWidth")
    expect(ada.locator("[data-is-root-theme]")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert ada.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_examples_step_aside_for_what_is_typed(ada: Page) -> None:
    expect(ada.get_by_test_id("example")).to_have_count(4)
    composer(ada).fill("My own question")
    expect(ada.get_by_test_id("example").first).to_be_hidden()
    composer(ada).fill("")
    expect(ada.get_by_test_id("example").first).to_be_visible()


def test_a_page_says_nothing_before_it_knows(without_scripts: Page) -> None:
    for path, unknown in {
        "/login": "No account yet?",
        "/signup": "an account",
        "/": "Choose a model",
    }.items():
        without_scripts.goto(path)
        assert "needs JavaScript" in (without_scripts.locator("noscript").text_content() or "")
        for words in without_scripts.get_by_text(unknown).all():
            expect(words).to_be_hidden()


def test_the_colour_of_the_browsers_own_bars_is_that_of_the_page(without_scripts: Page) -> None:
    without_scripts.goto("/login")
    colours = without_scripts.locator('meta[name="theme-color"]')
    assert [colour.get_attribute("media") for colour in colours.all()] == [
        "(prefers-color-scheme: light)",
        "(prefers-color-scheme: dark)",
    ]
