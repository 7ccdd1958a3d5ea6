"""kill -9 of the one process while messages wait: none is lost, and the model is asked each once, in order."""

import random
from collections.abc import Iterator
from functools import partial
from itertools import groupby

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PORT
from tests.e2e.reading import (
    ENDED,
    body,
    composer,
    expect_conversation,
    expect_counted,
    expect_open,
    new_person,
    questions,
    second_tab,
    send,
)
from tests.e2e.serving import Server
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.services.demo_server import DemoServer
from tests.waiting import until_sync

pytestmark = pytest.mark.timeout(3600)

LAST, RATE = 200, 60
"""The answer that is being written, while three messages wait."""

SHORT = 5

GO_ON = "document.querySelector('[data-testid=queue-go-on]')?.click()"
"""Presses the button if it is there; it goes by itself."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A model that outlives the process, and remembers what it was asked."""
    made = DemoServer(tmp_path_factory.mktemp("model"))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: DemoServer) -> Iterator[Server]:
    """The process that will be killed."""
    data_dir = tmp_path_factory.mktemp("queue") / "data"
    made = Server(data_dir, PORT, OPENAI_BASE_URL=model.url, CHATAPP_AUTO_TITLE="false", CHATAPP_REAPER_SECONDS="0.5")
    made.start()
    yield made
    made.terminate()


def waiting(page: Page) -> Locator:
    """What waits, as the page shows it."""
    return page.get_by_test_id("queued-message")


def ask_four(page: Page, name: str, *, last: int) -> list[str]:
    """Ask in a new conversation, and send three messages that wait; returns all four."""
    texts = [f"count {last} at {RATE} for {name}", *(f"count {SHORT} at {RATE} for {name}-{n}" for n in range(3))]
    page.goto("/")
    expect_open(page)
    send(page, texts[0])
    expect_conversation(page)
    for number, text in enumerate(texts[1:], start=1):
        composer(page).fill(text)
        composer(page).press("Enter")
        expect(waiting(page)).to_have_count(number)
    return texts


def asked(model: DemoServer, name: str) -> list[str]:
    """What the model was asked of these, in order."""
    return [question for question in model.questions() if f"for {name}" in question]


def test_a_queue_of_three_survives_a_kill_and_the_model_is_asked_each_once_in_order(
    server: Server, model: DemoServer, browser: Browser, ledger: Ledger
) -> None:
    page = new_person(browser, server.url)
    kills = times(20, 2)
    for kill in range(kills):
        name = f"kill-{kill}."
        texts = ask_four(page, name, last=LAST)
        expect(body(page)).to_contain_text(f"{random.Random(kill).randint(1, LAST // 3)} ", timeout=30_000)
        server.kill()
        server.start()
        expect(page.get_by_test_id("queue-go-on")).to_be_visible(timeout=30_000)
        page.reload()
        other = second_tab(page)
        for tab in (page, other):
            expect(waiting(tab)).to_have_text(texts[1:])
        other.get_by_test_id("queue-go-on").click()
        for tab in (page, other):
            expect(questions(tab)).to_have_text(texts, timeout=30_000)
            expect_counted(tab, SHORT)
            expect(waiting(tab)).to_have_count(0)
        other.close()
        assert asked(model, name) == texts
    page.context.close()
    ledger.note("kill -9 while three messages wait", kills, kills * 4, "the model was asked each once, in order")


def has_asked(model: DemoServer, name: str, count: int) -> bool:
    """Whether so many of these have reached the model."""
    return len(asked(model, name)) >= count


def is_over(page: Page, count: int) -> bool:
    """Whether so many answers have ended; lets the queue go on where it waits for that."""
    page.evaluate(GO_ON)
    ends = page.locator('[data-testid="message"][data-role="assistant"]')
    return ends.count() == count and ends.last.get_attribute("data-status") in ENDED


def test_a_queue_that_is_killed_as_it_goes_on_loses_and_doubles_nothing(
    server: Server, model: DemoServer, browser: Browser, ledger: Ledger
) -> None:
    page = new_person(browser, server.url)
    kills = times(30, 2)
    for kill in range(kills):
        name = f"going-{kill}."
        texts = ask_four(page, name, last=60)
        begun = random.Random(kill).randint(2, 4)
        until_sync(partial(has_asked, model, name, begun), seconds=30, what=f"request {begun} to the model")
        server.kill()
        server.start()
        until_sync(partial(is_over, page, len(texts)), seconds=60, what="the end of the queue")
        expect(questions(page)).to_have_text(texts)
        # What had not begun on any screen is asked once more; nothing else is, and nothing is left out.
        assert [question for question, _ in groupby(asked(model, name))] == texts
    page.context.close()
    ledger.note("kill -9 while a queue goes on", kills, kills * 4, "no message was lost, doubled or out of order")
