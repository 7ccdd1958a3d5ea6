"""kill -9 at random moments of the one process of `make run`, with several people reading in a real browser."""

import random
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PORT
from tests.e2e.reading import (
    ENDED,
    answer,
    body,
    expect_conversation,
    expect_counted,
    expect_open,
    expect_status,
    new_person,
    send,
)
from tests.e2e.serving import Server
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.waiting import until_sync

pytestmark = pytest.mark.timeout(3600)

PEOPLE = 3
LAST, RATE = 300, 100
WHOLE = " ".join(map(str, range(1, LAST + 1)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The process that will be killed."""
    made = Server(tmp_path_factory.mktemp("alone") / "data", PORT, CHATAPP_AUTO_TITLE="false")
    made.start()
    yield made
    made.terminate()


def shown(page: Page) -> str:
    """The text of the answer on the screen, as it is now."""
    rows = body(page)
    return rows.inner_text().strip() if rows.count() else ""


def ask_anew(page: Page, question: str) -> None:
    """Ask in a new conversation, and wait until the page's address names it."""
    page.goto("/")
    expect_open(page)
    send(page, question)
    expect_conversation(page)


def expect_end(page: Page, seen: str) -> str:
    """Wait until the answer has ended, with no less than had been `seen`; returns its text."""
    until_sync(lambda: answer(page).get_attribute("data-status") in ENDED, seconds=30, what="the end of the answer")
    kept = shown(page)
    assert kept.startswith(seen), f"{seen[-40:]!r} was on the screen, and now {kept[-40:]!r}"
    assert WHOLE.startswith(kept), kept
    return kept


def test_a_killed_process_takes_nothing_off_the_screen(server: Server, browser: Browser, ledger: Ledger) -> None:
    pages = [new_person(browser, server.url) for _ in range(PEOPLE)]
    kills, cut, characters = times(50, 2), 0, 0
    for kill in range(kills):
        moment = random.Random(kill).randint(1, LAST - 60)
        for number, page in enumerate(pages):
            ask_anew(page, f"count {LAST} at {RATE} for {kill}-{number}")
        expect(body(pages[-1])).to_contain_text(f"{moment} ", timeout=30_000)
        server.kill()
        seen = [shown(page) for page in pages]
        server.start()
        for page, text in zip(pages, seen, strict=True):
            kept = expect_end(page, text)
            page.reload()
            expect(body(page)).to_have_text(kept)
            cut += kept != WHOLE
            characters += len(text)
    answer(pages[-1]).get_by_test_id("continue").click()
    expect_counted(pages[-1], LAST)
    for page in pages:
        page.context.close()
    measured = f"{cut} answers cut; none of the {characters:,} characters on the screens was lost"
    ledger.note("kill -9 of the one process", kills, kills * PEOPLE, measured)


def test_an_answer_that_had_not_begun_is_written_by_the_next_process(
    server: Server, browser: Browser, ledger: Ledger
) -> None:
    page = new_person(browser, server.url)
    kills = times(20)
    for kill in range(kills):
        question = f"wait 4 for late-{kill}"
        ask_anew(page, question)
        until_sync(partial(server.demo_log, question), what="the request to the model")
        server.kill()
        server.start()
        expect_status(page, "completed")
        expect(body(page)).to_contain_text("demo")
    page.context.close()
    ledger.note("kill -9 before the first word", kills, kills, "answered by the next process, without a click")
