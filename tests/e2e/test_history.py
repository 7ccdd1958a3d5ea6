"""Long conversations and many of them open as fast as short ones: the page holds what can be seen, not all there is."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import answers, body, composer, expect_counted, questions, send
from tests.e2e.seeding import conversation, exchange, long_conversation, person_id, seed
from tests.e2e.slow_server import reload_slowly
from tests.waiting import until_sync

OPEN_MS = 1_500
PAGE_MESSAGES = 50
STATE_MAX_BYTES = 200_000

TO_THE_TOP = "scroller => { scroller.scrollTop = -scroller.scrollHeight }"
"""The scroller counts from its end."""

STAY_AT_THE_TOP = f"""scroller => {{
  const stay = {TO_THE_TOP};
  new MutationObserver(() => stay(scroller)).observe(scroller, {{childList: true, subtree: true}});
  stay(scroller);
}}"""
"""Not one frame shows the scroller elsewhere."""

PLACE = """row => new Promise(told => requestAnimationFrame(() =>
  requestAnimationFrame(() => told(row.getBoundingClientRect().top))))"""
"""Where a row stands once the rows in view have the heights that are theirs."""

PARAGRAPHS = 400
WATCH_ANSWER = """window.frames_seen = [];
requestAnimationFrame(function look() {
  requestAnimationFrame(look);
  const shown = [...document.querySelectorAll("[data-role=assistant] .answer p")];
  if (shown.length) window.frames_seen.push([shown.length, Math.round(shown.at(-1).getBoundingClientRect().bottom)]);
});"""


def selected(page: Page) -> str:
    """The newest answer as somebody copies it who marks all of it."""
    text: str = body(page).evaluate("body => (getSelection().selectAllChildren(body), String(getSelection()))")
    return text


def seed_long(server: Deployment, page: Page, messages: int) -> None:
    """Give the person on `page` a conversation named Long."""
    seed(server, long_conversation(person_id(server, page), "Long", messages))
    page.reload()
    expect(page.get_by_test_id("conversation-item").first).to_have_text("Long")


def open_long(page: Page) -> None:
    """Open it from the sidebar and see its end, in time."""
    page.get_by_test_id("conversation-item").first.click()
    expect(answers(page).last).to_be_in_viewport(timeout=OPEN_MS)


def count_received(page: Page) -> Callable[[], int]:
    """From now on count the bytes that come through this page's websockets."""
    sizes: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: sizes.append(len(frame)))

    page.on("websocket", listen)
    return lambda: sum(sizes)


def test_a_long_conversation_opens_at_its_end_with_a_page_of_messages(ada: Page, server: Deployment) -> None:
    seed_long(server, ada, 300)
    open_long(ada)
    expect(questions(ada).last).to_have_text("Question 149")
    assert ada.get_by_test_id("message").count() <= PAGE_MESSAGES


def test_scrolling_up_brings_earlier_messages_and_keeps_the_place(ada: Page, server: Deployment) -> None:
    seed_long(server, ada, 300)
    slow = reload_slowly(ada)
    slow.go_on()
    open_long(ada)
    slow.pause()
    first_id = ada.get_by_test_id("message").first.get_attribute("data-message-id")
    first = ada.locator(f'[data-message-id="{first_id}"]')
    ada.locator(".scroller").evaluate(TO_THE_TOP)
    until_sync(lambda: first.evaluate(PLACE) == first.evaluate(PLACE), what="a place to keep")
    before = first.evaluate(PLACE)
    slow.go_on()
    expect(ada.get_by_test_id("message")).to_have_count(2 * PAGE_MESSAGES)
    until_sync(lambda: abs(first.evaluate(PLACE) - before) <= 2, what="the same place")


def test_all_messages_can_be_reached_by_scrolling_up(ada: Page, server: Deployment) -> None:
    seed_long(server, ada, 120)
    open_long(ada)
    for shown in (100, 120):
        ada.locator(".scroller").evaluate(TO_THE_TOP)
        expect(ada.get_by_test_id("message")).to_have_count(shown)
    expect(questions(ada).first).to_have_text("Question 0")
    expect(ada.get_by_test_id("load-older")).to_have_count(0)


def test_a_reader_who_stays_at_the_top_is_brought_all_messages(ada: Page, server: Deployment) -> None:
    seed_long(server, ada, 170)
    open_long(ada)
    ada.locator(".scroller").evaluate(STAY_AT_THE_TOP)
    expect(ada.get_by_test_id("message")).to_have_count(170)


def test_whoever_sends_a_question_from_far_up_is_brought_to_it(ada: Page, server: Deployment) -> None:
    seed_long(server, ada, 300)
    open_long(ada)
    for shown in (100, 150):
        ada.locator(".scroller").evaluate(TO_THE_TOP)
        expect(ada.get_by_test_id("message")).to_have_count(shown)
    expect(answers(ada).last).not_to_be_in_viewport()
    composer(ada).fill("   ")
    composer(ada).press("Enter")
    send(ada, "count 3")
    expect(questions(ada).last).to_be_in_viewport()
    expect_counted(ada, 3)
    expect(body(ada)).to_be_in_viewport()


def test_what_a_page_is_sent_does_not_grow_with_what_is_stored(ada: Page, server: Deployment) -> None:
    owner_id = person_id(server, ada)
    seed(server, [conversation(owner_id, f"Earlier {number}", age_days=1 + number) for number in range(500)])
    seed_long(server, ada, 10_000)
    received = count_received(ada)
    open_long(ada)
    ada.reload()
    expect(answers(ada).last).to_be_in_viewport()
    expect(composer(ada)).to_be_editable()
    assert 5_000 < received() <= STATE_MAX_BYTES


def test_a_long_answer_comes_in_parts_above_its_end_which_stays_where_it_is(ada: Page, server: Deployment) -> None:
    made = conversation(person_id(server, ada), "One long answer")
    question, message, generation = exchange(made, 0)
    text = "".join(f"Paragraph {number}, as plain as the others, at some length.\n\n" for number in range(PARAGRAPHS))
    seed(server, [made, question, message, generation.model_copy(update={"text": text})])
    ada.add_init_script(WATCH_ANSWER)
    ada.goto(f"/c/{made.id}")
    expect(body(ada).locator("p")).to_have_count(PARAGRAPHS)
    counts, ends = zip(*ada.evaluate("window.frames_seen"), strict=True)
    assert counts[0] < PARAGRAPHS
    assert len(set(ends)) == 1
    assert [f"Paragraph {number}" for number in range(PARAGRAPHS)] == re.findall(r"Paragraph \d+", selected(ada))
