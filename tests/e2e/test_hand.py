"""What a hand moves follows it without the server: drawer, list, menus and rename, over a slow line and without one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.reading import composer, expect_conversation, expect_counted, expect_status, new_person, send
from tests.e2e.seeding import conversation, person_id, seed
from tests.e2e.serving import Server
from tests.e2e.test_faults import DEAF, KEEP_SOCKETS, NOTICED
from tests.e2e.test_look import PHONE
from tests.e2e.test_sidebar import choose, items
from tests.e2e.watching import SLOW_SOCKETS, UNTIL_SEEN

ROUND_TRIP_MS = 200
AT_MOST_MS = 100
TRIES = 3
"""The best counts: this is about what a page waits for, not about how busy the machine is."""


@dataclass(frozen=True)
class Opening:
    """Something to press, and what is seen when it has opened; `again` closes it."""

    press: str
    seen: str
    again: Callable[[Page], object]
    is_on_phone: bool = False


def escape(page: Page) -> None:
    """Close what is open."""
    page.keyboard.press("Escape")


OPENINGS = {
    "the drawer": Opening(".open-drawer", ".close-drawer", escape, is_on_phone=True),
    "hiding the list": Opening(".hide-sidebar", ".show-sidebar", lambda page: page.locator(".show-sidebar").click()),
    "the menu of a conversation": Opening("[data-testid=conversation-menu]", "[data-testid=rename]", escape),
    "the user menu": Opening("[data-testid=user-menu]", "[data-testid=logout]", escape),
    "the model picker": Opening("[data-testid=model-picker]", "[data-testid=model-search]", escape),
}


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who has just signed up on a phone."""
    page = new_person(browser, server.url, **PHONE)
    yield page
    page.context.close()


def slow_down(page: Page) -> None:
    """Load the page anew, over a line that is slow both ways."""
    page.add_init_script(SLOW_SOCKETS.replace("EACH_WAY_MS", str(ROUND_TRIP_MS // 2)))
    page.reload()
    expect_counted(page, 3)


def milliseconds(page: Page, press: Locator, seen: str) -> float:
    """How long after the click on `press` one sees `seen`, as the page itself measures it."""
    page.evaluate(UNTIL_SEEN, seen)
    press.click()
    return float(page.evaluate("window.untilSeen"))


@pytest.mark.parametrize("name", OPENINGS)
def test_what_opens_does_so_at_once_over_a_slow_line(ada: Page, phone: Page, name: str) -> None:
    opening = OPENINGS[name]
    page = phone if opening.is_on_phone else ada
    send(page, "count 3")
    expect_counted(page, 3)
    slow_down(page)
    # What needs the server takes as long as the line does.
    asked_again = milliseconds(page, page.get_by_test_id("regenerate"), "[data-testid=version-count]")
    assert asked_again >= ROUND_TRIP_MS
    expect_counted(page, 3)
    took = []
    for _ in range(TRIES):
        took.append(milliseconds(page, page.locator(opening.press).first, opening.seen))
        opening.again(page)
        expect(page.locator(opening.seen)).to_be_hidden()
    assert min(took) <= AT_MOST_MS, took


def test_the_box_for_another_title_is_there_at_once_over_a_slow_line(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    slow_down(ada)
    took = []
    for _ in range(TRIES):
        ada.get_by_test_id("conversation-menu").click()
        took.append(milliseconds(ada, ada.get_by_test_id("rename"), ".rename-box"))
        expect(ada.get_by_role("textbox", name="Title")).to_be_focused()
        expect(ada.get_by_role("textbox", name="Title")).to_have_value("Count 3")
        escape(ada)
    assert min(took) <= AT_MOST_MS, took


def drawer(page: Page) -> Locator:
    """The list of conversations."""
    return page.get_by_test_id("sidebar")


def test_the_drawer_has_the_focus_and_the_rest_is_out_of_reach_until_it_closes(phone: Page) -> None:
    opener = phone.get_by_role("button", name="Open the list of chats")
    closings: list[Callable[[], object]] = [
        lambda: phone.keyboard.press("Escape"),
        lambda: phone.touchscreen.tap(380, 400),
        lambda: phone.get_by_role("button", name="Close the list of chats").tap(),
        phone.go_back,
    ]
    for close in closings:
        opener.tap()
        expect(drawer(phone)).to_be_focused()
        expect(phone.locator("main[inert]")).to_have_count(1)
        close()
        expect(drawer(phone)).to_be_hidden()
        expect(phone.locator("main[inert]")).to_have_count(0)
        expect(phone.locator(".open-drawer")).to_be_focused()
        expect(composer(phone)).to_be_visible()


def test_back_leads_from_a_conversation_of_the_drawer_to_the_page_below_it(phone: Page) -> None:
    send(phone, "count 3")
    expect_counted(phone, 3)
    first_id = expect_conversation(phone)
    phone.locator(".header-new").tap()
    phone.wait_for_url("**/")
    expect(composer(phone)).to_be_visible()
    phone.get_by_role("button", name="Open the list of chats").tap()
    items(phone).first.tap()
    phone.wait_for_url(f"**/c/{first_id}")
    expect(drawer(phone)).to_be_hidden()
    expect_counted(phone, 3)
    phone.go_back()
    phone.wait_for_url("**/")
    expect(phone.get_by_test_id("message")).to_have_count(0)
    expect(drawer(phone)).to_be_hidden()


def test_a_drawer_makes_nothing_inert_on_a_wide_screen(phone: Page) -> None:
    phone.get_by_role("button", name="Open the list of chats").tap()
    expect(phone.locator("main[inert]")).to_have_count(1)
    phone.set_viewport_size({"width": 1100, "height": 500})
    expect(phone.locator("main[inert]")).to_have_count(0)
    expect(drawer(phone)).to_be_visible()


def test_a_hidden_list_stays_hidden(ada: Page) -> None:
    ada.keyboard.press("Control+Shift+S")
    expect(drawer(ada)).to_be_hidden()
    ada.reload()
    expect(composer(ada)).to_be_visible()
    expect(drawer(ada)).to_be_hidden()


def test_escape_stops_an_answer_but_first_closes_what_is_open(ada: Page) -> None:
    send(ada, "count 900 at 30")
    expect_status(ada, "streaming")
    ada.get_by_test_id("model-picker").click()
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("model-search")).to_have_count(0)
    choose(ada, items(ada).first, "rename")
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("textbox", name="Title")).to_have_count(0)
    composer(ada).dispatch_event("keydown", {"key": "Escape", "isComposing": True})
    expect(ada.get_by_test_id("stop")).to_be_visible()
    expect_status(ada, "streaming")
    ada.keyboard.press("Escape")
    expect_status(ada, "stopped")


def test_escape_closes_the_drawer_and_the_next_one_stops_the_answer(phone: Page) -> None:
    send(phone, "count 900 at 30")
    expect_status(phone, "streaming")
    phone.get_by_role("button", name="Open the list of chats").tap()
    phone.get_by_test_id("user-menu").tap()
    phone.keyboard.press("Escape")
    expect(phone.get_by_test_id("logout")).to_have_count(0)
    expect(drawer(phone)).to_be_visible()
    phone.keyboard.press("Escape")
    expect(drawer(phone)).to_be_hidden()
    expect_status(phone, "streaming")
    phone.keyboard.press("Escape")
    expect_status(phone, "stopped")


def test_more_conversations_have_the_focus_when_they_come(ada: Page, server: Server) -> None:
    owner_id = person_id(server, ada)
    seed(server, [conversation(owner_id, f"Earlier {number}", age_days=number) for number in range(60)])
    ada.reload()
    expect(items(ada)).to_have_count(50)
    ada.get_by_role("button", name="Show more").focus()  # near the end, they come by themselves
    expect(items(ada)).to_have_count(60)
    expect(items(ada).nth(50)).to_be_focused()


def test_a_title_that_went_into_a_dead_connection_is_sent_again_on_the_next(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    expect_conversation(ada)
    ada.add_init_script(KEEP_SOCKETS)
    ada.reload()
    expect_counted(ada, 3)
    for title in ("One that is lost", "Another that is lost"):
        ada.evaluate(DEAF)
        choose(ada, items(ada).first, "rename")
        ada.keyboard.type(title)
        ada.keyboard.press("Enter")
        expect(items(ada)).to_have_text(f"{title}Not saved yet")
        ada.evaluate(NOTICED)
        expect(items(ada)).to_have_text(title)
        expect(ada.locator(".header .title")).to_have_text(title)


@pytest.mark.one_process
def test_all_that_opens_does_so_without_a_server_and_a_title_typed_then_is_kept(
    ada: Page, phone: Page, browser: Browser, server: Server
) -> None:
    stranger = browser.new_page(base_url=server.url)
    stranger.goto("/login")
    password = stranger.get_by_label("Password")
    password.fill("to be read")
    for page in (ada, phone):
        send(page, "count 3")
        expect_counted(page, 3)
    server.kill()
    expect(ada.get_by_test_id("connection-lost")).to_be_visible()
    for opening in OPENINGS.values():
        page = phone if opening.is_on_phone else ada
        page.locator(opening.press).first.click()
        expect(page.locator(opening.seen)).to_be_visible()
        opening.again(page)
        expect(page.locator(opening.seen)).to_be_hidden()
    for button, kind in (("Show password", "text"), ("Hide password", "password")):
        stranger.get_by_role("button", name=button).click()
        expect(password).to_have_attribute("type", kind)
        expect(password).to_have_value("to be read")
    stranger.close()
    choose(ada, items(ada).first, "rename")
    ada.keyboard.type("Typed without a line")
    ada.keyboard.press("Enter")
    expect(items(ada)).to_have_text("Typed without a lineNot saved yet")
    expect(composer(ada)).to_be_focused()
    server.start()
    expect(items(ada)).to_have_text("Typed without a line")
    ada.reload()
    expect(items(ada)).to_have_text("Typed without a line")
