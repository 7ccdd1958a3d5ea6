"""What a reader learns of an answer, says of it, and hears of it while looking elsewhere."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.reading import answer, expect_counted, expect_status, send

LISTEN = """() => {
  globalThis.said = [];
  speechSynthesis.speak = (utterance) => said.push(utterance.text);
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NOTICES = """globalThis.noticed = [];
Object.assign(globalThis, {Notification: class extends EventTarget {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(title, {body}) { super(); noticed.push(title + ": " + body); }
}});"""


def test_the_details_of_a_message_are_shown_to_who_asks(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    details = answer(ada).get_by_test_id("details")
    details.click()
    expect(answer(ada).get_by_test_id("facts")).to_contain_text(re.compile(r"Sent.*\d{4}-.*Model.*Tokens.*3 written"))
    expect(details).to_have_attribute("aria-expanded", "true")
    details.press("Enter")
    expect(ada.get_by_test_id("facts")).to_have_count(0)
    expect(details).to_be_focused()


def test_an_answer_is_read_aloud_without_its_code_until_somebody_stops_it(ada: Page) -> None:
    send(ada, "repeat exactly: Hello there. Good bye!\n\n```\nnot_this()\n```")
    expect_status(ada, "completed")
    ada.evaluate(LISTEN)
    button = answer(ada).get_by_test_id("read-aloud")
    button.click()
    expect(button).to_have_accessible_name("Stop reading")
    assert "Hello there. Good bye!" in " ".join(ada.evaluate("said"))
    assert "not_this" not in " ".join(ada.evaluate("said"))
    button.click()
    expect(button).to_have_accessible_name("Read aloud")


def test_an_answer_gets_a_thumb_and_a_note_that_a_reload_keeps(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    answer(ada).get_by_test_id("feedback-down").click()
    note = answer(ada).get_by_test_id("feedback-note")
    expect(note).to_have_accessible_name("What was wrong?")
    note.fill("It stops at three")
    note.press("Enter")
    expect(note).to_have_count(0)
    expect(answer(ada).get_by_test_id("feedback-down")).to_be_focused()
    ada.reload()
    expect(answer(ada).get_by_test_id("feedback-down")).to_have_attribute("aria-pressed", "true")
    answer(ada).get_by_test_id("feedback-up").click()
    expect(note).to_have_value("It stops at three")
    note.press("Escape")
    expect(note).to_have_count(0)
    answer(ada).get_by_test_id("feedback-up").press("Enter")
    expect(answer(ada).get_by_test_id("feedback-up")).to_have_attribute("aria-pressed", "false")


def test_the_end_of_an_answer_is_said_to_who_looks_elsewhere(ada: Page) -> None:
    ada.evaluate(NOTICES)
    ada.get_by_test_id("user-menu").click()
    choice = ada.get_by_test_id("notices")
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    ada.keyboard.press("Escape")
    send(ada, "count 30")
    expect_status(ada, "streaming")
    ada.evaluate(HIDE, arg=True)
    expect_status(ada, "completed")
    expect(ada).to_have_title(re.compile("^● "))
    assert ada.evaluate("noticed") == ["count 30: Answer ready"]
    ada.evaluate(HIDE, arg=False)
    expect(ada).not_to_have_title(re.compile("^● "))
