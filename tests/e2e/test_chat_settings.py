"""Instructions and parameters, set beside the chat and kept without a button."""

from playwright.sync_api import Page, expect

from tests.e2e.reading import composer, expect_counted, send


def test_what_is_set_for_a_chat_is_kept_and_what_is_wrong_is_said_beside_it(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    ada.get_by_test_id("conversation-settings").click()
    panel = ada.get_by_role("dialog", name="Settings of this chat")
    panel.get_by_label("Instructions").fill("Answer in French.")
    panel.get_by_label("Temperature").fill("7")
    expect(panel.get_by_role("alert")).to_have_text("Use a number from 0 to 2, or leave it empty.")
    expect(panel.get_by_label("Temperature")).to_have_attribute("aria-invalid", "true")
    panel.get_by_label("Temperature").fill("0.7")
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(panel.get_by_role("status")).to_have_text("Saved")
    panel.get_by_label("Reasoning effort").select_option("low")
    panel.get_by_label("Stop words").fill("END")
    ada.keyboard.press("Tab")
    ada.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(ada.get_by_test_id("conversation-settings")).to_be_focused()
    ada.reload()
    ada.get_by_test_id("conversation-settings").click()
    expect(panel.get_by_label("Instructions")).to_have_value("Answer in French.")
    expect(panel.get_by_label("Temperature")).to_have_value("0.7")
    expect(panel.get_by_label("Reasoning effort")).to_have_value("low")
    expect(panel.get_by_label("Stop words")).to_have_value("END")
    ada.keyboard.press("Escape")
    ada.get_by_test_id("new-chat").click()
    expect(composer(ada)).to_be_focused()
    ada.get_by_test_id("conversation-settings").click()
    panel = ada.get_by_role("dialog", name="Settings of all my chats")
    expect(panel.get_by_label("Instructions")).to_have_value("")
