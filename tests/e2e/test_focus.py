"""Focus is never lost: what goes away under it hands it on, and the offer to undo is where the hand is."""

import re

from playwright.sync_api import Locator, Page, expect

from chatapp.ui.state.conversation_actions import UNDO_SECONDS
from tests.e2e.deployments import Deployment
from tests.e2e.reading import answer, answers, composer, expect_counted, expect_status, send
from tests.e2e.seeding import long_conversation, person_id, seed
from tests.e2e.test_keyboard import tab_to
from tests.e2e.test_sidebar import ask, choose, items


def press(page: Page, target: Locator) -> None:
    """Go there by keys and press it."""
    target.focus()
    page.keyboard.press("Enter")


def test_asking_again_looking_at_versions_and_continuing_keep_the_focus_at_the_answer(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    ada.reload()
    expect_counted(ada, 3)
    press(ada, answer(ada).get_by_test_id("regenerate"))
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect_counted(ada, 3)
    expect(answer(ada)).to_be_focused()
    press(ada, answer(ada).get_by_test_id("previous-version"))
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("1/2")
    expect(answer(ada).get_by_test_id("next-version")).to_be_focused()
    expect(ada.get_by_test_id("status")).to_have_text("Version 1 of 2")
    ada.keyboard.press("Enter")
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect(answer(ada).get_by_test_id("previous-version")).to_be_focused()
    send(ada, "count 900 at 50")
    expect_status(ada, "streaming")
    composer(ada).press("Escape")
    expect_status(ada, "stopped")
    press(ada, answer(ada).get_by_test_id("continue"))
    expect_status(ada, "streaming")
    expect(answer(ada)).to_be_focused()
    ada.keyboard.press("Escape")
    expect_status(ada, "stopped")
    expect(answer(ada)).to_be_focused()


def test_an_example_and_a_dismissed_error_hand_the_focus_to_the_message_box(ada: Page) -> None:
    press(ada, ada.get_by_test_id("example").last)
    expect(ada.get_by_test_id("message")).to_have_count(2)
    expect(composer(ada)).to_be_focused()
    expect_status(ada, "completed")


def test_the_first_message_has_the_focus_when_there_are_none_before_it(ada: Page, server: Deployment) -> None:
    rows = long_conversation(person_id(server, ada), "A long talk", 60)
    seed(server, rows)
    ada.goto(f"/c/{rows[0].id}")  # type: ignore[attr-defined]
    earlier = ada.get_by_test_id("load-older")
    expect(earlier).to_be_attached()
    press(ada, earlier)
    expect(earlier).to_have_count(0)
    expect(ada.get_by_test_id("message").first).to_be_focused()


def test_the_offer_to_undo_is_the_next_stop_and_waits_for_whoever_is_at_it(ada: Page) -> None:
    ask(ada, "count 3", 3)
    ask(ada, "count 4", 4)
    tab_to(ada, ada.get_by_test_id("conversation-menu").last, "Shift+Tab")
    ada.keyboard.press("Enter")
    ada.keyboard.press("End")
    expect(ada.get_by_test_id("delete")).to_be_focused()
    ada.keyboard.press("Enter")
    undo, clock = ada.get_by_test_id("undo"), ada.locator(".toast .clock")
    expect(ada.locator(".toast")).to_be_focused()
    expect(clock).to_have_css("animation-play-state", "running")
    expect(clock).to_have_css("animation-delay", f"{UNDO_SECONDS}s")
    ada.keyboard.press("Tab")
    expect(undo).to_be_focused()
    expect(clock).to_have_css("animation-play-state", "paused")
    ada.keyboard.press("Shift+Tab")
    expect(clock).to_have_css("animation-play-state", "running")
    undo.hover()
    expect(clock).to_have_css("animation-play-state", "paused")
    undo.press("Enter")
    expect(items(ada)).to_have_count(2)
    expect(items(ada).last).to_be_focused()


def test_ctrl_z_undoes_a_deletion_but_not_in_a_box_that_was_typed_in(ada: Page) -> None:
    deleted_id = ask(ada, "count 3", 3)
    choose(ada, items(ada).first, "delete")
    ada.wait_for_url("**/")
    expect(ada.locator(".toast")).to_be_focused()
    composer(ada).press_sequentially("words")
    composer(ada).press("Control+Z")
    expect(composer(ada)).not_to_have_value("words")
    expect(ada.get_by_test_id("undo")).to_be_visible()
    ada.get_by_test_id("new-chat").press("Control+Z")
    expect(items(ada)).to_have_attribute("data-conversation-id", deleted_id)
    ada.wait_for_url(f"**/c/{deleted_id}")
    expect(composer(ada)).to_be_focused()


def test_the_focus_goes_on_when_the_offer_to_undo_goes(ada: Page) -> None:
    ask(ada, "count 3", 3)
    choose(ada, items(ada).first, "delete")
    expect(ada.locator(".toast")).to_be_focused()
    ada.locator(".toast .clock").evaluate("element => element.getAnimations()[0].finish()")
    expect(ada.get_by_test_id("undo")).to_have_count(0)
    expect(composer(ada)).to_be_focused()


def test_hiding_the_list_hands_the_focus_to_what_shows_it(ada: Page) -> None:
    press(ada, ada.get_by_role("button", name=re.compile("^Hide the list")))
    expect(ada.get_by_role("button", name=re.compile("^Show the list"))).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("button", name=re.compile("^Hide the list"))).to_be_focused()


def test_what_somebody_presses_beside_stays_without_focus(ada: Page) -> None:
    ask(ada, "count 3", 3)
    ada.get_by_test_id("new-chat").focus()
    ada.locator(".header .title").click()
    send(ada, "count 4")
    expect(answers(ada)).to_have_count(2)
    expect(composer(ada)).to_be_focused()
