"""Two people on one server: neither sees, guesses or reaches what is the other's."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import PASSWORD, expect_conversation, expect_counted, send, sign_up


@pytest.mark.deployment
def test_a_foreign_and_an_unknown_conversation_show_the_same_page_with_a_way_home(ada: Page, eve: Page) -> None:
    send(ada, "count 5")
    conversation_id = expect_conversation(ada)
    expect_counted(ada, 5)
    shown = []
    for address in (f"/c/{conversation_id}", "/c/00000000-0000-4000-8000-000000000000"):
        eve.goto(address)
        expect(eve.get_by_test_id("not-found")).to_be_visible()
        expect(eve.get_by_test_id("message")).to_have_count(0)
        shown.append(eve.get_by_test_id("not-found").inner_text())
    assert shown[0] == shown[1]
    eve.get_by_test_id("not-found").get_by_role("link").first.click()
    expect(eve.get_by_test_id("composer")).to_be_visible()


def test_the_sidebar_holds_only_ones_own_conversations(ada: Page, eve: Page) -> None:
    send(ada, "count 6")
    expect_counted(ada, 6)
    expect(ada.get_by_test_id("conversation-item")).to_have_count(1)
    eve.reload()
    expect(eve.get_by_test_id("composer")).to_be_visible()
    expect(eve.get_by_test_id("conversation-item")).to_have_count(0)


@pytest.mark.deployment
def test_pages_lead_to_the_login_and_back_to_where_one_wanted_to_go(browser: Browser, server: Deployment) -> None:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    sign_up(page, "wanderer")
    send(page, "count 3")
    conversation_id = expect_conversation(page)
    expect_counted(page, 3)
    context.clear_cookies()
    page.goto(f"/c/{conversation_id}")
    page.wait_for_url("**/login**")
    page.locator('input[name="username"]').fill("wanderer")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    page.wait_for_url(f"**/c/{conversation_id}")
    expect_counted(page, 3)
    context.close()


@pytest.mark.deployment
def test_a_wrong_password_is_refused_in_words_and_keeps_the_name(browser: Browser, server: Deployment) -> None:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/login")
    page.locator('input[name="username"]').fill("nobody-here")
    page.locator('input[name="password"]').fill("wrong password")
    page.get_by_test_id("auth-submit").click()
    expect(page.get_by_test_id("error")).to_contain_text("Wrong username or password.")
    expect(page.locator('input[name="username"]')).to_have_value("nobody-here")
    context.close()


@pytest.mark.deployment
def test_signing_out_ends_the_session_in_every_tab(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    address = ada.url
    other = ada.context.new_page()
    other.goto(address)
    expect_counted(other, 3)
    ada.get_by_test_id("user-menu").click()
    ada.get_by_test_id("logout").click()
    ada.wait_for_url("**/login**")
    other.wait_for_url("**/login**", timeout=15_000)
    other.goto(address)
    other.wait_for_url("**/login**")


def test_the_session_cookie_cannot_be_read_by_scripts(ada: Page) -> None:
    assert ada.evaluate("document.cookie") == ""
    assert ada.evaluate("Object.values(localStorage).join()").find("session") == -1
