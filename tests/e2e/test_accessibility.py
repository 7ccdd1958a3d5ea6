"""What axe-core finds in every state of the pages: nothing, in light and dark, on a phone and on a desk.

And what it does not look at: colours in all their combinations, and the edges of fields.

Each walk is one person's, through all states in turn: a page of its own for each would take minutes.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from chatapp.ui import theme
from tests.e2e.deployments import Deployment
from tests.e2e.reading import body, composer, expect_status, new_person, send
from tests.e2e.seeding import conversation, person_id, seed
from tests.e2e.watching import CONTRAST, EDGE, EDGE_CONTRASTS

READABLE, VISIBLE = 4.5, 3.0
FIELDS = "input:not([type=hidden]):not([type=checkbox]):visible, textarea:visible, select:visible"
RICH = "long 400 at 4000"
"""An answer with headings, lists, tables, code and maths."""

WIDE = "repeat exactly: | " + " | ".join(f"A long heading {n}" for n in range(9)) + " |\n" + "|---" * 9 + "|\n"
WIDE += "| 1 " * 9 + "|\n\n```\n" + "code that goes on " * 20 + "\n```\n\n$$" + "x+" * 80 + "x$$"
"""A table, code and a formula that are wider than any page."""

SURFACES = (theme.BACKGROUND, theme.SURFACE)
PAIRS = [
    (text, (page, *above))
    for page in SURFACES
    for text in (theme.TEXT, theme.TEXT_QUIET, theme.LINK)
    for above in ((), (theme.HOVER,), (theme.SELECTED,), (theme.BUBBLE,))
]
PAIRS += [(theme.ERROR, (page, *above)) for page in SURFACES for above in ((), (theme.ERROR_SURFACE,), (theme.HOVER,))]
PAIRS += [(theme.ERROR, (theme.BACKGROUND, "var(--red-a4)")), (theme.PRESS_TEXT, (theme.PRESS,))]
"""Colours of texts with what lies behind them, the lowest first."""

LAYERS = """(place, [text, behind]) => [...behind, "transparent"].reduce((below, colour) => {
  const layer = below.appendChild(document.createElement("p"));
  layer.style.background = colour;
  layer.style.color = text;
  return layer;
}, place)"""


class Walk:
    """A page, and what axe has found in it so far."""

    def __init__(self, page: Page) -> None:
        self.page, self.found = page, list[str]()

    def look(self, state: str) -> None:
        """Note what axe finds now."""
        for violation in Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]:
            for node in violation["nodes"]:
                self.found.append(f"{state}: {violation['id']}: {node['target']} {node['failureSummary']}")
        for field in self.page.locator(FIELDS).all():
            edge = field.evaluate_handle(EDGE)
            contrast = min(float(edge.evaluate(of_side)) for of_side in EDGE_CONTRASTS)
            if contrast < VISIBLE:
                self.found.append(f"{state}: the edge of a field has {contrast:.1f}:1: {field}")


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """The colours that the system asks for."""
    return str(request.param)


@pytest.fixture(params=[390, 1280])
def walk(browser: Browser, server: Deployment, scheme: Any, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """Somebody new, in these colours, before a page of this width. Nothing moves, so that colours stay."""
    size = {"width": request.param, "height": 844}
    page = new_person(browser, server.url, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    yield Walk(page)
    page.context.close()


def test_axe_finds_nothing_in_any_state_of_a_chat(walk: Walk, server: Deployment) -> None:
    page = walk.page
    walk.look("a new chat")
    through_answers(walk)
    through_menus(walk)
    through_a_long_list(walk, server)
    page.goto("/c/unknown")
    expect(page.get_by_test_id("not-found")).to_be_visible()
    walk.look("not found")
    page.goto("/settings")
    expect(page.get_by_test_id("device")).to_be_visible()
    walk.look("settings")
    page.locator('input[name="current"]').fill("wrong password")
    page.locator('input[name="password"]').fill("another password")
    page.get_by_test_id("auth-submit").click()
    expect(page.locator('input[name="current"]')).to_be_focused()
    walk.look("settings with an error")
    assert not walk.found, "\n".join(walk.found)


def through_answers(walk: Walk) -> None:
    """Answers in every way that they are written and end."""
    page = walk.page
    send(page, "long 900 at 60")
    expect(body(page).locator("p").first).to_be_visible()
    walk.look("streaming")
    for number, text in enumerate(("count 2", "count 3"), start=1):
        composer(page).fill(text)
        composer(page).press("Enter")
        expect(page.get_by_test_id("queued-message")).to_have_count(number)
    page.get_by_test_id("queue-edit").first.click()
    expect(page.get_by_test_id("queue-box")).to_be_visible()
    walk.look("messages that wait")
    page.get_by_test_id("queue-cancel").click()
    page.get_by_test_id("stop").click()
    expect_status(page, "stopped")
    walk.look("stopped")
    for _ in range(2):
        page.get_by_test_id("queue-remove").first.click()
    expect(page.get_by_test_id("queue")).to_have_count(0)
    send(page, "fail 401")
    expect_status(page, "failed")
    walk.look("failed")
    send(page, RICH)
    expect_status(page, "completed")
    walk.look("an answer of all kinds")
    page.get_by_test_id("feedback-up").last.click()
    expect(page.get_by_test_id("feedback-note")).to_be_visible()
    walk.look("why an answer is good")
    page.get_by_test_id("conversation-settings").click()
    expect(page.locator("#setting-instructions")).to_be_visible()
    walk.look("the settings of a chat")
    page.keyboard.press("Escape")
    expect(page.locator("#setting-instructions")).to_have_count(0)
    send(page, WIDE)
    expect_status(page, "completed")
    for name in ("Table", "Code", "Formula"):
        expect(body(page).get_by_role("group", name=name)).to_have_attribute("tabindex", "0")
    walk.look("an answer that scrolls")


def through_menus(walk: Walk) -> None:
    """What opens, and what a deleted chat leaves."""
    page = walk.page
    page.get_by_test_id("model-picker").click()
    expect(page.get_by_test_id("model-option")).to_be_visible()
    walk.look("the picker")
    page.keyboard.press("Escape")
    show_chats(page)
    walk.look("the list of chats")
    page.get_by_test_id("user-menu").click()
    expect(page.get_by_test_id("theme")).to_be_visible()
    walk.look("the menu of the account")
    page.keyboard.press("Tab")
    expect(page.locator(".user-menu-content :focus-visible")).to_be_visible()
    walk.look("the menu of the account, by keys")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("user-menu")).to_be_focused()  # which comes back a moment after the menu has gone
    page.get_by_test_id("conversation-menu").first.press("Enter")
    expect(page.get_by_test_id("rename")).to_be_focused()
    walk.look("the menu of a chat, by keys")
    page.keyboard.press("End")
    expect(page.get_by_test_id("delete")).to_be_focused()
    walk.look("Delete, by keys")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("delete")).to_have_count(0)
    open_menu(page)
    walk.look("the menu of a chat")
    page.get_by_test_id("delete").hover()
    walk.look("Delete, pointed at")
    page.get_by_test_id("rename").click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    walk.look("rename")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Title")).to_have_count(0)
    open_menu(page)
    page.get_by_test_id("delete").click()
    expect(page.get_by_test_id("undo")).to_be_visible()
    walk.look("undo")


def through_a_long_list(walk: Walk, server: Deployment) -> None:
    """More chats than the list shows at once."""
    page = walk.page
    start_anew(page)
    owner_id = person_id(server, page)
    seed(server, [conversation(owner_id, f"Earlier {number} " * 9, age_days=number) for number in range(60)])
    start_anew(page)
    expect(page.get_by_test_id("conversation-item")).to_have_count(50)
    walk.look("a long list")
    page.get_by_role("button", name="Show more").focus()  # which brings more by itself
    expect(page.get_by_test_id("conversation-item")).to_have_count(60)
    walk.look("a longer list")


def start_anew(page: Page) -> None:
    """Come to a new chat from elsewhere, with the list of chats in view; a drawer that was open would still be."""
    page.goto("/settings")
    page.goto("/")
    show_chats(page)
    expect(page.get_by_test_id("user-menu")).to_contain_text("person-")


def show_chats(page: Page) -> None:
    """Open the drawer, where the list is one."""
    opener = page.get_by_role("button", name="Open the list of chats")
    if opener.is_visible():
        opener.click()
    expect(page.get_by_test_id("user-menu")).to_be_visible()


def open_menu(page: Page) -> None:
    """Open the menu of the first chat."""
    page.get_by_test_id("conversation-item").first.hover()
    page.get_by_test_id("conversation-menu").first.click()
    expect(page.get_by_test_id("delete")).to_be_visible()


def test_axe_finds_nothing_in_forms_with_and_without_errors(walk: Walk) -> None:
    page = walk.page
    page.context.clear_cookies()
    for path in ("/login", "/signup"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        walk.look(path)
    for path, name, username in (("/login", "password", "nobody-here"), ("/signup", "username", "a b")):
        page.goto(path)
        page.locator('input[name="username"]').fill(username)
        page.locator('input[name="password"]').fill("not the password")
        page.get_by_test_id("auth-submit").click()
        wrong = page.locator(f'input[name="{name}"]')
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(wrong).to_be_focused()
        expect(wrong).to_have_accessible_description(page.get_by_test_id("error").inner_text())
        expect(page.locator('input[aria-invalid="true"]')).to_have_count(1)
        walk.look(f"{path} with an error")
    assert not walk.found, "\n".join(walk.found)


def test_every_colour_of_a_text_can_be_read_on_all_that_it_stands_on(
    browser: Browser, server: Deployment, scheme: Any
) -> None:
    page = browser.new_page(base_url=server.url, color_scheme=scheme)
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    place = page.locator("main").element_handle()
    contrasts = {}
    for text, behind in PAIRS:
        element = place.evaluate_handle(LAYERS, [text, behind])
        contrasts[text, behind] = float(element.evaluate(CONTRAST))
    page.close()
    assert {pair: contrast for pair, contrast in contrasts.items() if contrast < READABLE} == {}
