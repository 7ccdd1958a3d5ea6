"""The main job in a real browser: ask, watch, stop, come back."""

import hashlib
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import (
    answer,
    answers,
    body,
    composer,
    copied,
    expect_conversation,
    expect_counted,
    expect_open,
    expect_status,
    questions,
    second_tab,
    send,
)
from tests.e2e.slow_server import LostRedirect
from tests.waiting import until_sync


@pytest.mark.deployment
def test_a_question_is_answered_and_still_there_after_a_reload(ada: Page) -> None:
    send(ada, "count 50 at 200")
    expect_counted(ada, 50)
    conversation_id = expect_conversation(ada)
    ada.reload()
    expect_counted(ada, 50)
    expect(questions(ada)).to_have_text("count 50 at 200")
    expect(ada.locator(f'[data-conversation-id="{conversation_id}"]')).to_be_visible()


def test_the_first_send_keeps_the_message_box_and_its_focus(ada: Page) -> None:
    composer(ada).evaluate("box => { box.closest('form').marked = true }")
    send(ada, "count 20")
    expect_conversation(ada)
    expect_counted(ada, 20)
    expect(composer(ada)).to_be_focused()
    expect(composer(ada)).to_have_value("")
    assert composer(ada).evaluate("box => box.closest('form').marked === true")


def test_a_reload_before_the_page_is_at_the_address_of_its_conversation_finds_it(ada: Page) -> None:
    redirect = LostRedirect(ada)
    ada.reload()
    expect_open(ada)
    send(ada, "count 40 at 20")
    until_sync(redirect.is_lost, what="the redirect")
    assert urlsplit(ada.url).path == "/"
    ada.reload()
    expect_conversation(ada)
    expect(questions(ada)).to_have_text("count 40 at 20")
    expect_counted(ada, 40)
    ada.get_by_label("New chat").first.click()
    ada.wait_for_url("**/")
    ada.reload()
    expect_open(ada)
    expect(questions(ada)).to_have_count(0)


@pytest.mark.deployment
def test_two_tabs_and_a_reload_in_mid_answer_all_count_to_the_end(ada: Page) -> None:
    send(ada, "count 600 at 100")
    expect_conversation(ada)
    expect(body(ada)).to_contain_text("20 ")
    other = second_tab(ada)
    expect(body(other)).to_contain_text("20 ")
    ada.reload()
    expect_counted(ada, 600)
    expect_counted(other, 600)


def test_the_copied_answer_is_what_the_model_sent(ada: Page, server: Deployment) -> None:
    send(ada, "long 400 at 1000")
    expect_status(ada, "completed")
    other = second_tab(ada)
    expect_status(other, "completed")
    # The second tab sets its formulas once it has loaded what they need.
    until_sync(lambda: body(ada).inner_text() == body(other).inner_text(), what="the same text in both")
    answer(ada).hover()
    text = copied(ada, answer(ada).get_by_test_id("copy").click)
    sent = server.demo_log("long 400 at 1000")[-1]
    assert len(text) == sent["characters"]
    assert hashlib.sha256(text.encode()).hexdigest() == sent["sha256"]


@pytest.mark.deployment
def test_stop_ends_the_text_where_it_is_and_it_does_not_grow_back(ada: Page, server: Deployment) -> None:
    send(ada, "count 1999 at 50")
    expect(body(ada)).to_contain_text("10 ")
    ada.get_by_test_id("stop").click()
    expect_status(ada, "stopped")
    text = body(ada).inner_text()
    until_sync(lambda: server.demo_log("count 1999 at 50")[-1]["closed_by"] == "client", seconds=1)
    ada.reload()
    expect_status(ada, "stopped")
    assert body(ada).inner_text() == text
    expect(ada.get_by_test_id("send")).to_be_visible()


def test_a_stopped_answer_can_be_continued_to_its_end(ada: Page) -> None:
    send(ada, "count 120 at 50")
    expect(body(ada)).to_contain_text("10 ")
    ada.get_by_test_id("stop").click()
    expect_status(ada, "stopped")
    answer(ada).get_by_test_id("continue").click()
    expect_counted(ada, 120)


def test_a_failed_answer_says_why_and_can_be_retried(ada: Page) -> None:
    send(ada, "fail 429")
    expect_status(ada, "failed")
    expect(answer(ada).get_by_test_id("error")).to_contain_text(re.compile("try again", re.IGNORECASE))
    retry = answer(ada).get_by_test_id("retry")
    expect(retry).to_have_text(re.compile(r"^Try again in [2-7] s$"))
    expect(retry).to_be_disabled()
    expect(retry).to_have_text("Retry", timeout=12_000)
    retry.click()
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect_status(ada, "failed")


def test_an_answer_that_stalls_says_for_how_long(ada: Page) -> None:
    send(ada, "fail idle")
    silence = ada.get_by_test_id("silence")
    expect(silence).to_have_text(re.compile(r"^No text for \d s \.\.\.$"), timeout=12_000)
    said = silence.inner_text()
    expect(silence).not_to_have_text(said)
    late = second_tab(ada).get_by_test_id("silence")
    expect(late).to_have_text(re.compile(r"^No text for (\d\d+|[5-9]) s \.\.\.$"), timeout=2_000)
    ada.get_by_test_id("stop").click()
    expect_status(ada, "stopped")
    expect(silence).to_have_count(0)


def test_regenerating_keeps_the_earlier_version_reachable(ada: Page) -> None:
    send(ada, "count 7")
    expect_counted(ada, 7)
    answer(ada).hover()
    answer(ada).get_by_test_id("regenerate").click()
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect_counted(ada, 7)
    first_id = answer(ada).get_attribute("data-message-id")
    answer(ada).get_by_test_id("previous-version").click()
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("1/2")
    assert answer(ada).get_attribute("data-message-id") != first_id
    answer(ada).get_by_test_id("next-version").click()
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")


def test_answering_an_earlier_question_again_says_where_the_later_messages_are(ada: Page) -> None:
    for number in (3, 4):
        send(ada, f"count {number}")
        expect_counted(ada, number)
    answers(ada).first.hover()
    answers(ada).first.get_by_test_id("regenerate").click()
    expect(questions(ada)).to_have_text(["count 3"])
    expect(answer(ada)).to_contain_text("The messages that followed are in version 1 of this answer.")
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")
    expect_status(ada, "completed")
    ada.reload()
    answer(ada).get_by_test_id("show-later").click()
    expect(questions(ada)).to_have_text(["count 3", "count 4"])
    expect(ada.get_by_test_id("show-later")).to_have_count(0)
    answers(ada).first.get_by_test_id("next-version").click()
    expect(answer(ada).get_by_test_id("show-later")).to_have_text("Show version 1")


def test_several_questions_stay_in_order(ada: Page) -> None:
    for number in range(3, 13):
        send(ada, f"count {number} at 1000")
        expect_counted(ada, number)
    expect(questions(ada)).to_have_text([f"count {number} at 1000" for number in range(3, 13)])
    shown = answers(ada).get_by_test_id("message-body").all_inner_texts()
    assert [text.split()[-1] for text in shown] == [str(number) for number in range(3, 13)]


def test_reasoning_is_folded_and_shown_on_demand(ada: Page) -> None:
    send(ada, "reasoning")
    expect_status(ada, "completed")
    fold = answer(ada).get_by_test_id("reasoning")
    closed = fold.inner_text()
    fold.get_by_role("button").click()
    expect(fold).not_to_have_text(closed)


@pytest.mark.deployment
def test_a_message_in_one_tab_appears_in_the_other(ada: Page) -> None:
    send(ada, "count 5")
    expect_counted(ada, 5)
    expect_conversation(ada)
    other = second_tab(ada)
    expect_counted(other, 5)
    send(ada, "count 9")
    expect(questions(other)).to_have_count(2)
    expect_counted(other, 9)
