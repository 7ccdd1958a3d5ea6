"""What dies may die: the server in mid-answer, the websocket, the model. Nothing asked for is lost, doubled or cut."""

import os
import random

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reading import (
    answer,
    body,
    composer,
    expect_conversation,
    expect_counted,
    expect_status,
    questions,
    send,
)
from tests.e2e.serving import Server

KILLS = int(os.environ.get("CHATAPP_TEST_KILLS", "2"))
"""How often the server is killed in mid-answer; the full count is 20."""

KEEP_SOCKETS = """
window.sockets = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native { constructor(...args) { super(...args); window.sockets.push(this); } };
"""

DEAF = """window.sockets.at(-1).send = () => {};"""
NOTICED = """window.sockets.at(-1).onclose?.(new CloseEvent("close", {code: 1006}));"""
HALF_OPEN = DEAF + NOTICED

WATCH_ROWS = """() => {
  const list = document.querySelector("[data-testid=messages]");
  const note = () => {
    window.fewest = Math.min(window.fewest ?? Infinity, list.querySelectorAll("[data-testid=message]").length);
  };
  note();
  new MutationObserver(note).observe(list, {childList: true, subtree: true});
}"""


def numbers(page: Page) -> list[str]:
    """The counted numbers on the screen."""
    return body(page).inner_text().split()


@pytest.mark.one_process
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_server_leaves_the_text_marked_interrupted(ada: Page, server: Server, kill: int) -> None:
    reached = random.Random(kill).randint(1, 350)  # the same points in every run, all over the answer
    send(ada, "count 400 at 100")
    expect_conversation(ada)
    expect(body(ada)).to_contain_text(f"{reached} ")
    server.kill()
    seen = numbers(ada)
    server.start()
    expect_status(ada, "interrupted")
    kept = numbers(ada)
    assert kept[:-1] == [str(n) for n in range(1, len(kept))]
    assert kept[: len(seen) - 1] == seen[:-1]  # the last may have been a part of a number
    assert len(" ".join(kept)) >= len(" ".join(seen))
    expect(questions(ada)).to_have_text("count 400 at 100")
    answer(ada).get_by_test_id("continue").click()
    expect_counted(ada, 400)


@pytest.mark.one_process
def test_an_interrupted_answer_can_be_retried_from_the_start(ada: Page, server: Server) -> None:
    send(ada, "count 200 at 50")
    expect(body(ada)).to_contain_text("9 ")
    server.kill()
    server.start()
    expect_status(ada, "interrupted")
    answer(ada).get_by_test_id("retry").click()
    expect_counted(ada, 200)
    expect(answer(ada).get_by_test_id("version-count")).to_have_text("2/2")


@pytest.mark.one_process
def test_a_gentle_shutdown_lets_a_short_answer_end(ada: Page, server: Server) -> None:
    send(ada, "count 150 at 100")
    expect(body(ada)).to_contain_text("9 ")
    assert server.terminate() == 0
    server.start()
    ada.reload()
    expect_counted(ada, 150)


@pytest.mark.one_process
def test_a_page_keeps_showing_what_it_shows_while_a_new_server_learns_of_it(ada: Page, server: Server) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    expect_conversation(ada)
    ada.evaluate(WATCH_ROWS)
    sent: list[str] = []
    ada.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    server.kill()
    server.start()
    send(ada, "count 4")
    expect_counted(ada, 4)
    assert ada.evaluate("window.fewest") == 2
    assert [frame for frame in sent if "remember_time_zone" in frame]


@pytest.mark.deployment
def test_a_dropped_websocket_is_opened_again_and_nothing_is_missing(ada: Page) -> None:
    ada.add_init_script(KEEP_SOCKETS)
    send(ada, "count 2")
    expect_counted(ada, 2)
    expect_conversation(ada)
    ada.reload()
    send(ada, "count 500 at 100")
    for reached in ("30 ", "90 ", "160 "):
        expect(body(ada)).to_contain_text(reached)
        ada.evaluate("window.sockets.at(-1).close()")
    expect_counted(ada, 500)


def test_a_question_that_went_into_a_dead_connection_is_sent_once_on_the_next(ada: Page) -> None:
    ada.add_init_script(KEEP_SOCKETS)
    send(ada, "count 2")
    expect_counted(ada, 2)
    expect_conversation(ada)
    ada.reload()
    expect_counted(ada, 2)
    ada.evaluate(DEAF)
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    expect(composer(ada)).to_have_value("count 3")
    ada.evaluate(NOTICED)
    expect(questions(ada)).to_have_text(["count 2", "count 3"])
    expect_counted(ada, 3)
    expect(composer(ada)).to_have_value("")
    composer(ada).fill("count 3")
    ada.evaluate(NOTICED)
    expect(ada.get_by_test_id("connection-lost")).to_have_count(0)
    send(ada, "count 3, once more")
    expect(questions(ada)).to_have_text(["count 2", "count 3", "count 3, once more"])


def test_a_socket_that_only_the_page_knows_to_be_dead_is_replaced_and_the_page_fills_again(ada: Page) -> None:
    ada.add_init_script(KEEP_SOCKETS)
    send(ada, "count 2")
    expect_counted(ada, 2)
    expect_conversation(ada)
    ada.reload()
    send(ada, "count 500 at 100")
    expect(body(ada)).to_contain_text("30 ")
    ada.evaluate(HALF_OPEN)
    expect_counted(ada, 500)
    expect(questions(ada)).to_have_count(2)
    send(ada, "count 4")
    expect_counted(ada, 4)
