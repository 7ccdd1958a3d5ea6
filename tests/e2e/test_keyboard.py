"""Everything can be done without a mouse and without seeing the page."""

import re
import uuid
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import (
    PASSWORD,
    answer,
    body,
    composer,
    copied,
    expect_conversation,
    expect_counted,
    expect_status,
    new_person,
    send,
)
from tests.waiting import until_sync

MOST_STOPS = 60

IS_MARKED = """element => {
  const style = getComputedStyle(element), frame = element.closest("form.composer");
  return style.outlineStyle !== "none" || style.boxShadow !== "none"
    || frame !== null && getComputedStyle(frame).borderTopColor !== getComputedStyle(document.querySelector(".sidebar"))
      .borderRightColor;
}"""
"""Whether one sees that it has the focus; of the message box the frame around it shows it."""


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus, and see at each stop where the focus is."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        focused = page.locator("*:focus")
        if focused.count() and focused.evaluate("element => element.tabIndex >= 0"):
            assert focused.evaluate(IS_MARKED), focused.evaluate("element => element.outerHTML.slice(0, 200)")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} was not reached")


@pytest.mark.usefixtures("eve")  # with nobody there, the login leads to the sign-up by itself
def test_signing_up_asking_and_stopping_need_no_mouse(browser: Browser, server: Deployment) -> None:
    page = browser.new_page(base_url=server.url)
    page.goto("/login")
    tab_to(page, page.get_by_role("link", name="Sign up"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/signup**")
    tab_to(page, page.locator('input[name="username"]'))
    page.keyboard.type(f"keys-{uuid.uuid4().hex[:12]}")
    tab_to(page, page.locator('input[name="password"]'))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_be_editable()
    page.keyboard.type("count 900 at 50")
    page.keyboard.press("Enter")
    expect_conversation(page)
    expect(body(page)).to_contain_text("3 ")
    expect(composer(page)).to_be_focused()
    tab_to(page, page.get_by_test_id("stop"))
    page.keyboard.press("Enter")
    expect_status(page, "stopped")
    page.close()


def test_an_answer_is_copied_and_asked_again_by_keys(ada: Page) -> None:
    send(ada, "count 12")
    expect_counted(ada, 12)
    tab_to(ada, answer(ada).get_by_test_id("copy"), "Shift+Tab")
    text = copied(ada, lambda: ada.keyboard.press("Enter"))
    assert text == " ".join(map(str, range(1, 13)))
    tab_to(ada, answer(ada).get_by_test_id("regenerate"))
    ada.keyboard.press("Enter")
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect_counted(ada, 12)


def test_a_conversation_is_renamed_by_keys(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    tab_to(ada, ada.get_by_test_id("conversation-menu"), "Shift+Tab")
    ada.keyboard.press("Enter")
    expect(ada.get_by_test_id("rename")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("textbox", name="Title")).to_be_focused()
    ada.keyboard.press("Control+A")
    ada.keyboard.type("By hand")
    ada.keyboard.press("Enter")
    expect(ada.get_by_test_id("conversation-item")).to_have_text("By hand")
    expect(composer(ada)).to_be_focused()
    tab_to(ada, ada.get_by_test_id("conversation-menu"), "Shift+Tab")
    ada.keyboard.press("Enter")
    expect(ada.get_by_test_id("rename")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("textbox", name="Title")).to_be_focused()
    ada.keyboard.press("Escape")
    expect(composer(ada)).to_be_focused()


def test_shortcuts_open_a_new_chat_hide_the_list_and_lead_to_the_message_box(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    ada.keyboard.press("Control+Shift+O")
    expect(ada.get_by_test_id("message")).to_have_count(0)
    ada.wait_for_url("**/")
    ada.keyboard.press("Control+Shift+S")
    expect(ada.get_by_test_id("sidebar")).to_be_hidden()
    ada.keyboard.press("Control+Shift+S")
    expect(ada.get_by_test_id("sidebar")).to_be_visible()
    ada.get_by_test_id("new-chat").focus()
    ada.keyboard.press("Shift+Escape")
    expect(composer(ada)).to_be_focused()


def test_the_status_line_says_when_an_answer_starts_ends_stops_and_fails(ada: Page) -> None:
    status = ada.get_by_test_id("status")
    expect(status).to_have_attribute("role", "status")
    send(ada, "count 60 at 30")
    expect(status).to_have_text("Answer started")
    expect(status).to_have_text("Answer finished, 60 words")
    send(ada, "count 900 at 30")
    expect(status).to_have_text("Answer started")
    expect(body(ada)).to_contain_text("3 ")
    ada.get_by_test_id("stop").click()
    expect(status).to_have_text("Stopped")
    send(ada, "fail 429")
    expect(status).to_have_text(re.compile("^Error: ."))


@pytest.mark.parametrize("path", ["/", "/settings", "/c/unknown"])
def test_every_button_field_and_link_has_a_name(ada: Page, path: str) -> None:
    if path == "/":
        send(ada, "reasoning with code")
        expect_status(ada, "completed")
    else:
        ada.goto(path)
        expect(ada.get_by_role("main")).to_be_visible()
    expect_names(ada)


def test_the_login_page_has_names_for_everything_and_ties_the_error_to_the_field(
    browser: Browser, server: Deployment
) -> None:
    person = new_person(browser, server.url)
    person.context.clear_cookies()
    person.goto("/login")
    expect(person.get_by_test_id("auth-submit")).to_be_visible()
    expect_names(person)
    person.locator('input[name="username"]').fill("nobody-here")
    person.locator('input[name="password"]').fill("wrong password")
    person.keyboard.press("Enter")
    expect(person.get_by_role("alert")).to_be_visible()
    error = person.get_by_role("alert").inner_text()
    expect(person.locator('input[name="password"]')).to_have_accessible_description(error)
    expect(person.locator('input[name="password"]')).to_be_focused()
    person.context.close()


def expect_names(page: Page) -> None:
    """Nothing that one can press or fill in is unnamed for a screen reader."""
    for role in ("button", "link", "textbox"):
        every, named = page.get_by_role(role), page.get_by_role(role, name=re.compile(r"\S"))
        # A page that has just opened may change between the two looks.
        until_sync(partial(_are_as_many, every, named), what=f"a name for each {role}")


def _are_as_many(every: Locator, named: Locator) -> bool:
    return every.count() == named.count()


def test_the_page_has_landmarks_and_a_log_that_does_not_talk(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    for landmark in ("navigation", "main", "form"):
        expect(ada.get_by_role(landmark)).to_have_count(1)
    expect(ada.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(ada.get_by_role("log").get_by_role("article")).to_have_count(2)
