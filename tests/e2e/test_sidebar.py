"""The list of conversations: in order, true in every tab, and nothing in it is lost by a slip of the hand."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import composer, expect_conversation, expect_counted, expect_status, second_tab, send
from tests.e2e.seeding import conversation, person_id, seed

PAGE_ROWS = 50


def items(page: Page) -> Locator:
    """The conversations, newest first."""
    return page.get_by_test_id("conversation-item")


def go_to_new_chat(page: Page) -> None:
    """Go to a new conversation, and wait for the page to have gone: until then the box is the one of the old."""
    page.get_by_test_id("new-chat").click()
    expect(page.get_by_test_id("message")).to_have_count(0)


def ask(page: Page, question: str, last: int) -> str:
    """Begin a conversation that counts to `last`; returns its id."""
    go_to_new_chat(page)
    send(page, question)
    expect_counted(page, last)
    return expect_conversation(page)


def choose(page: Page, item: Locator, action: str) -> None:
    """Open the menu of a conversation and take one of its entries."""
    item.hover()
    item.locator("..").get_by_test_id("conversation-menu").click()
    page.get_by_test_id(action).click()


def rename(page: Page, item: Locator, title: str) -> None:
    """Type another title over the old one and press Enter."""
    choose(page, item, "rename")
    box = page.get_by_role("textbox", name="Title")
    expect(box).to_be_focused()
    box.fill(title)
    box.press("Enter")
    expect(box).to_have_count(0)


def test_conversations_are_listed_by_day_newest_first(ada: Page, server: Deployment) -> None:
    owner_id = person_id(server, ada)
    ages = {"Last week": 5, "Yesterday's": 1, "Last month": 20}
    seed(server, [conversation(owner_id, title, age_days=age) for title, age in ages.items()])
    ask(ada, "count 3", 3)
    ask(ada, "count 4", 4)
    expect(items(ada)).to_have_count(5)
    sidebar = ada.get_by_test_id("sidebar")
    expect(sidebar.get_by_role("heading")).to_have_text(["Today", "Yesterday", "Previous 7 days", "Previous 30 days"])
    expect(items(ada).nth(2)).to_have_text("Yesterday's")
    expect(items(ada).last).to_have_text("Last month")
    expect(items(ada).first).to_have_attribute("aria-current", "page")


def test_an_answer_elsewhere_shows_as_running_then_as_new_until_it_is_opened(ada: Page) -> None:
    other_id = ask(ada, "count 3", 3)
    go_to_new_chat(ada)
    send(ada, "count 300 at 100")
    running_id = expect_conversation(ada)
    ada.locator(f'[data-conversation-id="{other_id}"]').click()
    row = ada.locator(f'[data-conversation-id="{running_id}"]')
    expect(row.get_by_role("img", name="Answer in progress")).to_be_visible()
    expect(row.get_by_role("img", name="New answer")).to_be_visible()
    expect(row.get_by_role("img", name="Answer in progress")).to_have_count(0)
    row.click()
    expect(row.get_by_role("img")).to_have_count(0)
    expect_counted(ada, 300)


def test_enter_keeps_a_new_title_and_escape_does_not(ada: Page) -> None:
    ask(ada, "count 3", 3)
    rename(ada, items(ada).first, "Sums & <b>numbers</b>")
    expect(items(ada).first).to_have_text("Sums & <b>numbers</b>")
    choose(ada, items(ada).first, "rename")
    box = ada.get_by_role("textbox", name="Title")
    box.fill("never mind")
    box.press("Escape")
    expect(items(ada).first).to_have_text("Sums & <b>numbers</b>")
    ada.reload()
    expect(items(ada).first).to_have_text("Sums & <b>numbers</b>")


def test_leaving_the_box_keeps_the_new_title(ada: Page) -> None:
    ask(ada, "count 3", 3)
    choose(ada, items(ada).first, "rename")
    ada.get_by_role("textbox", name="Title").fill("Kept by a click")
    ada.get_by_test_id("messages").click()
    expect(items(ada).first).to_have_text("Kept by a click")
    choose(ada, items(ada).first, "rename")
    ada.get_by_role("textbox", name="Title").fill(" ")
    ada.get_by_test_id("messages").click()
    expect(items(ada).first).to_have_text("Kept by a click")
    expect(ada.get_by_test_id("error")).to_have_count(0)


def test_deleting_the_open_conversation_leads_to_a_new_one_and_undo_brings_it_back(ada: Page) -> None:
    deleted_id = ask(ada, "count 3", 3)
    choose(ada, items(ada).first, "delete")
    ada.wait_for_url("**/")
    expect(composer(ada)).to_be_editable()
    expect(items(ada)).to_have_count(0)
    expect(ada.get_by_role("status").filter(has_text="Chat deleted")).to_be_visible()
    ada.get_by_test_id("undo").click()
    expect(items(ada)).to_have_attribute("data-conversation-id", deleted_id)
    expect(ada.get_by_test_id("undo")).to_have_count(0)
    ada.wait_for_url(f"**/c/{deleted_id}")
    expect_counted(ada, 3)


def test_the_offer_to_undo_goes_by_itself(ada: Page) -> None:
    ask(ada, "count 3", 3)
    choose(ada, items(ada).first, "delete")
    expect(ada.get_by_test_id("undo")).to_be_visible()
    expect(ada.get_by_test_id("undo")).to_have_count(0, timeout=15_000)
    ada.reload()
    expect(composer(ada)).to_be_editable()
    expect(items(ada)).to_have_count(0)


def test_deleting_another_conversation_leaves_the_open_one_alone(ada: Page) -> None:
    ask(ada, "count 3", 3)
    open_id = ask(ada, "count 4", 4)
    choose(ada, items(ada).last, "delete")
    expect(items(ada)).to_have_count(1)  # what is said about one element fails at once while there are two
    expect(items(ada)).to_have_attribute("data-conversation-id", open_id)
    assert ada.url.endswith(open_id)
    expect_counted(ada, 4)


def test_a_title_comes_by_itself_after_the_first_answer(ada: Page) -> None:
    send(ada, "Please tell me in your own words what you are")
    expect(items(ada)).to_have_text("Please tell me in your own words what you are")
    expect_status(ada, "completed")
    expect(items(ada)).not_to_have_text("Please tell me in your own words what you are")
    expect(ada).to_have_title(f"{items(ada).inner_text().strip()} - chatapp")


def test_another_tab_sees_renaming_deleting_and_undoing(ada: Page) -> None:
    ask(ada, "count 3", 3)
    other = second_tab(ada)
    expect_counted(other, 3)
    ada.bring_to_front()  # a browser draws the tab behind seldom, and what moves is not clicked
    rename(ada, items(ada).first, "Seen elsewhere")
    expect(items(other)).to_have_text("Seen elsewhere")
    expect(other).to_have_title("Seen elsewhere - chatapp")
    choose(ada, items(ada).first, "delete")
    expect(items(other)).to_have_count(0)
    ada.get_by_test_id("undo").click()
    expect(items(other)).to_have_text("Seen elsewhere")


def test_older_conversations_come_when_the_end_of_the_list_is_near(ada: Page, server: Deployment) -> None:
    owner_id = person_id(server, ada)
    seed(server, [conversation(owner_id, f"Earlier {number}", age_days=number) for number in range(PAGE_ROWS + 10)])
    ada.reload()
    expect(items(ada)).to_have_count(PAGE_ROWS)
    items(ada).last.scroll_into_view_if_needed()
    expect(items(ada)).to_have_count(PAGE_ROWS + 10)
    expect(ada.get_by_role("button", name="Show more")).to_have_count(0)


def test_hiding_the_list_gives_its_room_to_the_conversation(ada: Page) -> None:
    ada.get_by_role("button", name="Hide the list of chats").click()
    expect(ada.get_by_test_id("sidebar")).to_be_hidden()
    ada.get_by_role("button", name="Show the list of chats").click()
    expect(ada.get_by_test_id("sidebar")).to_be_visible()
