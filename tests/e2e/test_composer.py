"""The message box loses nothing and sends nothing by accident."""

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlmodel import Session, select

from chatapp.models import Draft
from tests.e2e.deployments import Deployment
from tests.e2e.reading import (
    IS_PHONE,
    composer,
    expect_conversation,
    expect_counted,
    new_person,
    questions,
    send,
)
from tests.e2e.seeding import person_id
from tests.e2e.slow_server import SlowServer, reload_slowly
from tests.waiting import until_sync


def test_shift_enter_breaks_the_line_and_enter_sends(ada: Page) -> None:
    composer(ada).press_sequentially("count 3")
    composer(ada).press("Shift+Enter")
    composer(ada).press_sequentially("please")
    expect(questions(ada)).to_have_count(0)
    composer(ada).press("Enter")
    expect(questions(ada).last).to_have_text("count 3\nplease")


def test_on_a_phone_enter_breaks_the_line_and_the_button_sends(browser: Browser, server: Deployment) -> None:
    phone = new_person(browser, server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert phone.evaluate(IS_PHONE)
    composer(phone).tap()
    phone.keyboard.type("count 3")
    phone.keyboard.press("Enter")
    phone.keyboard.type("please")
    expect(composer(phone)).to_have_value("count 3\nplease")
    expect(questions(phone)).to_have_count(0)
    phone.get_by_test_id("send").tap()
    expect(questions(phone).last).to_have_text("count 3\nplease")
    expect_counted(phone, 3)
    phone.context.close()


def test_white_space_alone_is_not_sent(ada: Page) -> None:
    composer(ada).fill("  \n ")
    composer(ada).press("Enter")
    send(ada, "count 2")
    expect(questions(ada)).to_have_count(1)


def test_enter_that_ends_a_composition_does_not_send(ada: Page) -> None:
    composer(ada).fill("にほんご")
    composer(ada).evaluate(
        """box => box.dispatchEvent(new KeyboardEvent("keydown",
             {key: "Enter", keyCode: 229, which: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    expect(composer(ada)).to_have_value("にほんご")
    expect(questions(ada)).to_have_count(0)


def test_a_text_that_is_too_long_is_refused_in_place_and_kept(ada: Page) -> None:
    text = "x" * 200_001
    composer(ada).fill(text)
    composer(ada).press("Enter")
    expect(ada.get_by_test_id("error")).to_contain_text("too long")
    assert len(composer(ada).input_value()) == 200_001
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    expect_counted(ada, 3)


def test_the_longest_text_that_may_be_sent_arrives(ada: Page) -> None:
    composer(ada).fill("x" * 199_990)
    composer(ada).press("Enter")
    expect(questions(ada)).to_have_count(1, timeout=20_000)


def test_a_draft_survives_a_reload_in_its_own_conversation(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    expect_conversation(ada)
    with ada.expect_websocket() as opened:
        ada.reload()
    expect(composer(ada)).to_be_editable()
    with opened.value.expect_event("framesent", lambda frame: "save_draft" in str(frame)):
        composer(ada).press_sequentially("half a thought")
    ada.reload()
    expect(composer(ada)).to_have_value("half a thought")
    ada.get_by_test_id("new-chat").first.click()
    ada.wait_for_url("**/")
    expect(composer(ada)).to_have_value("")


def test_what_is_typed_before_a_page_has_opened_stays_where_it_is_typed(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    slow = SlowServer(ada)
    ada.goto("/")
    until_sync(slow.has_greeted, what="the first word of the server")
    composer(ada).evaluate("box => { box.isTheFirst = true; box.focus(); }")
    ada.keyboard.type("typed before")
    slow.go_on()
    expect(ada.get_by_test_id("messages").get_by_test_id("message")).to_have_count(0)
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    ada.keyboard.type(" and after")
    expect(composer(ada)).to_have_value("typed before and after")
    expect(composer(ada)).to_be_focused()
    assert composer(ada).evaluate("box => box.isTheFirst")
    composer(ada).press("Enter")
    expect(questions(ada)).to_have_text(["typed before and after"])
    expect(composer(ada)).to_have_value("")


def test_a_question_sent_before_a_page_has_opened_goes_once_to_the_conversation_of_the_address(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    slow = SlowServer(ada)
    ada.goto("/")
    until_sync(slow.has_greeted, what="the first word of the server")
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    composer(ada).press("Enter")
    slow.go_on()
    expect(questions(ada)).to_have_text(["count 3"])
    expect_counted(ada, 3)
    expect(composer(ada)).to_have_value("")
    expect(ada.get_by_test_id("conversation-item")).to_have_count(2)


def test_whoever_types_on_after_sending_too_early_sends_it_themselves(ada: Page) -> None:
    slow = reload_slowly(ada)
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    ada.keyboard.type(", no, count 4")
    slow.go_on()
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    expect(composer(ada)).to_have_value("count 3, no, count 4")
    expect(questions(ada)).to_have_count(0)


def test_a_question_sent_before_the_page_is_connected_goes_when_it_is(ada: Page) -> None:
    send(ada, "count 2")
    conversation_id = expect_conversation(ada)
    expect_counted(ada, 2)
    slow = reload_slowly(ada, mute=True)
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    slow.go_on()
    expect(questions(ada)).to_have_text(["count 2", "count 3"])
    expect_counted(ada, 3)
    assert expect_conversation(ada) == conversation_id


def slow_between_conversations(page: Page) -> SlowServer:
    """Have a page stand in a conversation and go to a new one that the server does not open before it goes on."""
    slow = reload_slowly(page)
    slow.go_on()
    send(page, "count 2")
    expect_counted(page, 2)
    expect(page.get_by_test_id("conversation-item")).to_have_attribute("aria-current", "page")  # its address is opened
    slow.pause()
    page.get_by_test_id("new-chat").click()
    page.wait_for_url("**/")
    return slow


def test_what_is_typed_before_another_conversation_has_opened_stays_where_it_is_typed(
    ada: Page, server: Deployment
) -> None:
    slow = slow_between_conversations(ada)
    expect(composer(ada)).to_be_focused()
    composer(ada).evaluate("box => { box.isTheFirst = true; }")
    ada.keyboard.type("typed before")
    slow.go_on()
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    ada.keyboard.type(" and after")
    expect(composer(ada)).to_have_value("typed before and after")
    assert composer(ada).evaluate("box => box.isTheFirst")
    until_sync(lambda: draft_of(server, ada) == "typed before and after", what="the draft")
    ada.get_by_test_id("conversation-item").click()
    expect(questions(ada)).to_have_text(["count 2"])
    expect(composer(ada)).to_have_value("")
    ada.get_by_test_id("new-chat").click()
    expect(composer(ada)).to_have_value("typed before and after")


def test_a_question_sent_before_another_conversation_has_opened_goes_there_once(ada: Page) -> None:
    slow = slow_between_conversations(ada)
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    composer(ada).press("Enter")
    slow.go_on()
    expect(questions(ada)).to_have_text(["count 3"])
    expect_counted(ada, 3)
    expect(composer(ada)).to_have_value("")
    expect(ada.get_by_test_id("conversation-item")).to_have_count(2)


def test_before_its_scripts_run_a_page_sends_no_question_anywhere(ada: Page, browser: Browser) -> None:
    cookies = ada.context.storage_state()
    bare = browser.new_context(java_script_enabled=False, storage_state=cookies, base_url=ada.url).new_page()
    bare.goto("/")
    composer(bare).fill("a secret")
    bare.get_by_test_id("send").click()
    expect(bare).to_have_url(ada.url)
    expect(composer(bare)).to_have_value("a secret")
    bare.context.close()


def draft_of(server: Deployment, page: Page) -> str | None:
    """What the server keeps for the person of `page` and a new conversation."""
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        found = db.exec(select(Draft.text).where(Draft.user_id == person_id(server, page))).one_or_none()
    engine.dispose()
    return found


def test_what_is_typed_in_a_page_that_opens_takes_the_place_of_the_stored_draft(ada: Page, server: Deployment) -> None:
    composer(ada).fill("a stored draft")
    until_sync(lambda: draft_of(server, ada) == "a stored draft", what="the draft")
    slow = reload_slowly(ada)
    composer(ada).fill("typed now")
    slow.go_on()
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    until_sync(lambda: draft_of(server, ada) == "typed now", what="the draft")
    expect(composer(ada)).to_have_value("typed now")


def test_odd_characters_come_back_as_they_were_sent(ada: Page) -> None:
    text = "👩‍👩‍👧‍👦 مرحبا 请 a\u200bb \u0007 <b>&amp;</b> \u202ertl\u202c"
    composer(ada).fill(text)
    composer(ada).press("Enter")
    expect_conversation(ada)
    ada.reload()
    expect(questions(ada)).to_have_count(1)
    assert questions(ada).evaluate("node => node.textContent") == text
