"""Chats in order: pinned, archived, in the trash, new on every device, several at once, and thousands of them."""

from playwright.sync_api import Page, expect

from chatapp.ui.state.row_pages import OLDER_ROWS
from tests.e2e.deployments import Deployment
from tests.e2e.reading import expect_conversation, expect_counted, second_tab, send
from tests.e2e.seeding import conversation, person_id, seed
from tests.e2e.test_sidebar import PAGE_ROWS, ask, choose, items

BYTES_A_ROW = 130

# As in a tab behind another, which a browser without a screen does not have.
BEHIND = """
Object.defineProperty(document, "visibilityState", {get: () => window.isLookedAt ? "visible" : "hidden"});
"""


def open_shelf(page: Page, shelf: str) -> None:
    """Have the sidebar list the archive or the trash."""
    page.get_by_test_id("user-menu").click()
    page.get_by_test_id(shelf).click()
    expect(page.get_by_test_id("back-to-chats")).to_be_visible()


def test_a_chat_is_pinned_archived_brought_back_and_found_in_the_archive(ada: Page) -> None:
    pinned_id = ask(ada, "count 3", 3)
    archived_id = ask(ada, "count 4", 4)
    choose(ada, items(ada).last, "pin")
    expect(ada.get_by_test_id("sidebar").get_by_role("heading")).to_have_text(["Pinned", "Today"])
    expect(items(ada).first).to_have_attribute("data-conversation-id", pinned_id)
    choose(ada, items(ada).last, "archive")
    ada.wait_for_url("**/")
    expect(items(ada)).to_have_count(1)
    ada.get_by_test_id("undo").click()
    ada.wait_for_url(f"**/c/{archived_id}")
    choose(ada, items(ada).last, "archive")
    expect(items(ada)).to_have_count(1)
    open_shelf(ada, "archive")
    expect(items(ada)).to_have_attribute("data-conversation-id", archived_id)
    items(ada).click()
    expect_counted(ada, 4)
    choose(ada, items(ada), "unarchive")
    expect(items(ada)).to_have_count(0)
    ada.get_by_test_id("back-to-chats").click()
    expect(items(ada)).to_have_count(2)
    choose(ada, items(ada).first, "pin")
    expect(items(ada).first).to_have_attribute("data-conversation-id", archived_id)


def test_the_trash_gives_back_and_asks_before_something_is_gone_for_good(ada: Page) -> None:
    ask(ada, "count 3", 3)
    choose(ada, items(ada), "delete")
    open_shelf(ada, "trash")
    trashed = ada.get_by_test_id("trash-item")
    expect(ada.get_by_test_id("sidebar")).to_contain_text("deleted for good after 30 days")
    trashed.get_by_test_id("restore").click()
    expect(trashed).to_have_count(0)
    ada.get_by_test_id("back-to-chats").click()
    choose(ada, items(ada), "delete")
    open_shelf(ada, "trash")
    trashed.get_by_test_id("delete-for-good").click()
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("confirm")).to_have_count(0)
    expect(trashed).to_have_count(1)
    trashed.get_by_test_id("delete-for-good").click()
    ada.get_by_test_id("confirm").click()
    expect(trashed).to_have_count(0)


def test_an_answer_that_nobody_looked_at_is_new_on_every_device_until_somebody_does(ada: Page) -> None:
    ask(ada, "count 3", 3)
    behind = second_tab(ada)
    behind.add_init_script(BEHIND)
    behind.goto("/")
    send(behind, "count 5")
    expect_counted(behind, 5)
    row = ada.locator(f'[data-conversation-id="{expect_conversation(behind)}"]')
    expect(row.get_by_role("img", name="New answer")).to_be_visible()
    ada.reload()
    expect(row.get_by_role("img", name="New answer")).to_be_visible()
    behind.evaluate("window.isLookedAt = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(row.get_by_role("img")).to_have_count(0)


def test_several_chats_are_selected_with_shift_and_come_back_with_one_undo(ada: Page, server: Deployment) -> None:
    owner_id = person_id(server, ada)
    seed(server, [conversation(owner_id, f"Chat {number}", age_days=number) for number in range(5)])
    ada.reload()
    expect(items(ada)).to_have_count(5)
    ada.get_by_test_id("select").click()
    expect(ada.get_by_test_id("bulk-delete")).to_be_disabled()
    boxes = ada.get_by_test_id("sidebar").get_by_role("checkbox")
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(ada.get_by_text("3 selected")).to_be_visible()
    ada.get_by_test_id("bulk-delete").click()
    expect(items(ada)).to_have_text(["Chat 0", "Chat 4"])
    expect(boxes).to_have_count(0)
    expect(ada.get_by_role("status").filter(has_text="3 chats deleted")).to_be_visible()
    ada.get_by_test_id("undo").click()
    expect(items(ada)).to_have_text([f"Chat {number}" for number in range(5)])
    ada.get_by_test_id("select").click()
    ada.get_by_test_id("select-all").click()
    ada.get_by_test_id("bulk-archive").click()
    expect(items(ada)).to_have_count(0)
    open_shelf(ada, "archive")
    expect(items(ada)).to_have_count(5)
    ada.get_by_test_id("select").click()
    boxes.first.check()
    ada.get_by_test_id("bulk-restore").click()
    expect(items(ada)).to_have_count(4)
    ada.get_by_test_id("select").click()
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("bulk-delete")).to_have_count(0)


def test_thousands_of_chats_are_reached_by_scrolling_and_a_new_one_sends_no_old_ones(
    ada: Page, server: Deployment
) -> None:
    owner_id, count = person_id(server, ada), 1_000
    seed(server, [conversation(owner_id, f"Chat {number}", age_days=1 + number / 9) for number in range(count)])
    ada.reload()
    expect(items(ada)).to_have_count(PAGE_ROWS)
    received: list[int] = []
    ada.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    ada.reload()
    expect(items(ada)).to_have_count(PAGE_ROWS)
    opening_bytes = sum(received)
    shown = PAGE_ROWS
    while shown < count:
        items(ada).last.scroll_into_view_if_needed()
        shown = min(shown + OLDER_ROWS, count)
        expect(items(ada)).to_have_count(shown)
    expect(items(ada).last).to_have_text(f"Chat {count - 1}")
    received.clear()
    ask(ada, "count 3", 3)
    expect(items(ada).first).not_to_have_text("Chat 0")
    assert sum(received) < opening_bytes + 250 * BYTES_A_ROW
