"""A page that nobody touches for a long time goes on where it was left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.reading import (
    answers,
    composer,
    expect_conversation,
    expect_counted,
    expect_status,
    new_person,
    questions,
    send,
)
from tests.e2e.seeding import long_conversation, person_id, seed
from tests.e2e.serving import Server, free_port

pytestmark = pytest.mark.one_process

KEPT_SECONDS = 8
"""How long a state is kept that nobody touches: longer than a follower is silent."""

LONGER = "wait 20"
"""A question that takes more than two such times, asked by somebody else."""


@pytest.fixture
def forgetful(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A server that soon drops the states of tabs."""
    kept = {"REFLEX_REDIS_TOKEN_EXPIRATION": str(KEPT_SECONDS)}
    made = Server(tmp_path / "data", free_port(), server.root, **kept)
    made.start()
    yield made
    made.terminate()


def scroll_up(page: Page) -> None:
    """Go to the first message that is shown."""
    page.locator(".scroller").evaluate("scroller => { scroller.scrollTop = -scroller.scrollHeight }")


def test_a_tab_that_was_left_alone_keeps_what_it_shows_and_sends_to_where_it_is(
    browser: Browser, forgetful: Server
) -> None:
    ada, eve = new_person(browser, forgetful.url), new_person(browser, forgetful.url)
    seed(forgetful, long_conversation(person_id(forgetful, ada), "Long", 300))
    ada.reload()
    ada.get_by_test_id("conversation-item").click()
    opened = expect_conversation(ada)
    expect(answers(ada).last).to_be_in_viewport()
    scroll_up(ada)
    expect(ada.get_by_test_id("message").nth(99)).to_be_attached()
    ada.get_by_role("button", name="Hide the list of chats").click()
    expect(ada.get_by_test_id("sidebar")).to_be_hidden()
    composer(ada).fill("count 4")
    send(eve, LONGER)
    expect_status(eve, "completed", seconds=60)
    expect(composer(ada)).to_have_value("count 4")
    shown = ada.get_by_test_id("message").count()  # a reader who stays at the upper end may have been brought more
    composer(ada).press("Enter")
    expect(questions(ada).last).to_have_text("count 4")
    expect_counted(ada, 4)
    assert ada.url.endswith(opened)
    expect(ada.get_by_test_id("sidebar")).to_be_hidden()
    expect(ada.get_by_test_id("message")).to_have_count(shown + 2)
    scroll_up(ada)
    expect(ada.get_by_test_id("message").nth(shown + 2)).to_be_attached()
    for page in (ada, eve):
        page.context.close()
