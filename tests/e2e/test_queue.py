"""What is sent while an answer is being written: seen, changed, and sent in its turn, on every device of its owner."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import (
    answers,
    composer,
    expect_conversation,
    expect_counted,
    expect_open,
    expect_status,
    new_person,
    questions,
    send,
)

LONG = "count 900 at 30"


def rows(page: Page) -> Locator:
    """What waits."""
    return page.get_by_test_id("queued-message")


def queue(page: Page, *texts: str) -> None:
    """Send messages by Enter while an answer is being written."""
    for text in texts:
        composer(page).fill(text)
        composer(page).press("Enter")
        expect(rows(page).last).to_contain_text(text)
        expect(composer(page)).to_have_value("")


def press(page: Page, row: int, test_id: str) -> None:
    """Press a button of a row by the keyboard, as any of it can be."""
    rows(page).nth(row).get_by_test_id(test_id).press("Enter")


def another_device(browser: Browser, page: Page, server: Deployment, **context: object) -> Page:
    """A second browser of the same person at the same address."""
    cookies = page.context.storage_state()
    other = browser.new_context(base_url=server.url, storage_state=cookies, **context)  # type: ignore[arg-type]
    opened = other.new_page()
    opened.goto(page.url)
    expect_open(opened)
    return opened


def test_messages_wait_in_a_list_that_is_changed_by_hand_and_sent_in_order(
    ada: Page, browser: Browser, server: Deployment
) -> None:
    send(ada, LONG)
    expect_conversation(ada)
    queue(ada, "count 2", "count 3", "count 4", "count 5")
    expect(ada.get_by_test_id("status")).to_have_text("Message waits until the answer has ended")
    expect(questions(ada)).to_have_count(1)
    phone = another_device(browser, ada, server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(rows(phone)).to_have_count(4)

    press(ada, 3, "queue-up")
    expect(rows(ada)).to_have_text(["count 2", "count 3", "count 5", "count 4"])
    expect(rows(ada).nth(2).get_by_test_id("queue-up")).to_be_focused()
    rows(ada).nth(3).drag_to(rows(ada).nth(2))
    expect(rows(phone)).to_have_text(["count 2", "count 3", "count 4", "count 5"])
    press(ada, 2, "queue-down")
    expect(rows(ada)).to_have_text(["count 2", "count 3", "count 5", "count 4"])
    expect(rows(ada).nth(3).get_by_test_id("queue-up")).to_be_focused()  # there is no way further down
    press(ada, 0, "queue-remove")
    expect(rows(phone)).to_have_text(["count 3", "count 5", "count 4"])
    ada.keyboard.press("Control+Z")
    expect(rows(phone)).to_have_text(["count 2", "count 3", "count 5", "count 4"])

    press(ada, 1, "queue-edit")
    box = ada.get_by_test_id("queue-box")
    expect(box).to_be_focused()
    with ada.expect_websocket():
        ada.reload()
    expect(box).to_have_value("count 3")
    box.fill("count 30")
    box.press("Enter")
    expect(rows(phone)).to_have_text(["count 2", "count 30", "count 5", "count 4"])
    press(ada, 1, "queue-edit")
    box.fill("nothing of this")
    box.press("Escape")
    expect(rows(ada).nth(1)).to_have_text("count 30")
    expect(rows(ada).nth(1).get_by_test_id("queue-edit")).to_be_focused()
    expect(answers(ada).last).to_have_attribute("data-status", "streaming")

    press(ada, 2, "queue-send-now")
    for page in (ada, phone):
        expect(questions(page)).to_have_text([LONG, "count 5", "count 2", "count 30", "count 4"], timeout=20_000)
        expect(ada.get_by_test_id("queue")).to_have_count(0)
        expect_counted(page, 4)
    expect(answers(ada).first).to_have_attribute("data-status", "stopped")
    phone.context.close()


def test_a_stop_pauses_what_waits_until_somebody_goes_on(ada: Page) -> None:
    send(ada, LONG)
    expect_conversation(ada)
    queue(ada, "count 2", "count 3")
    ada.get_by_test_id("stop").click()
    expect_status(ada, "stopped")
    expect(ada.get_by_test_id("queue")).to_contain_text("Paused")
    ada.reload()
    expect(rows(ada)).to_have_text(["count 2", "count 3"])
    ada.get_by_test_id("queue-go-on").click()
    expect(questions(ada)).to_have_text([LONG, "count 2", "count 3"], timeout=20_000)
    expect_counted(ada, 3)


def test_on_a_phone_a_button_beside_stop_sends_what_is_typed(browser: Browser, server: Deployment) -> None:
    phone = new_person(browser, server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    send(phone, "count 90 at 30")
    expect(phone.get_by_test_id("stop")).to_be_visible()
    expect(phone.get_by_test_id("send")).to_be_hidden()
    composer(phone).fill("count 3")
    phone.get_by_test_id("send").tap()
    expect(rows(phone)).to_have_text(["count 3"])
    expect(phone.get_by_test_id("send")).to_be_hidden()
    expect(questions(phone)).to_have_text([re.compile("count 90"), "count 3"], timeout=20_000)
    expect_counted(phone, 3)
    phone.context.close()
