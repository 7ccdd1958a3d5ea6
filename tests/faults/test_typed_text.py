"""Reloads and kills at random moments while somebody types and sends: what was typed is in the box, or was sent."""

import random
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PORT
from tests.e2e.reading import (
    ENDED,
    answer,
    composer,
    expect_conversation,
    expect_counted,
    expect_open,
    new_person,
    questions,
    send,
)
from tests.e2e.serving import Server
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.waiting import until_sync

pytestmark = pytest.mark.timeout(3600)

LONGEST_SECONDS = 0.7
"""From a key to the fault: longer than it takes for a draft to be stored."""

LAST = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The process that will be killed."""
    made = Server(tmp_path_factory.mktemp("typed") / "data", PORT, CHATAPP_AUTO_TITLE="false")
    made.start()
    yield made
    made.kill()


class Typing:
    """Somebody who types `text` in a chat, at the pace and up to the moments that `rng` decides on."""

    def __init__(self, page: Page, server: Server, text: str, rng: random.Random) -> None:
        self.page, self.server, self.text, self._rng = page, server, text, rng
        self.typed = ""

    def type(self, *, all_of_it: bool = False) -> None:
        """Type on, up to some key or to the end, and wait for some moment after it."""
        rest = self.text[len(self.typed) :]
        keys = rest if all_of_it else rest[: self._rng.randint(1, len(rest))]
        composer(self.page).press_sequentially(keys, delay=self._rng.uniform(0, 15))
        self.typed += keys
        self.wait()

    def wait(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        """Wait for some moment."""
        over_at = time.monotonic() + self._rng.uniform(0, longest_seconds)
        until_sync(lambda: time.monotonic() >= over_at, seconds=longest_seconds + 5)

    def restart(self) -> None:
        """A power cut, and the server after it."""
        self.server.kill()
        self.server.start()

    def expect_kept(self, *, may_be_sent: bool = False) -> None:
        """Fail unless all that was typed is in the box once the page is itself again, or sent, where that may be."""
        expect_open(self.page)
        expect(self.page.get_by_test_id("connection-lost")).to_have_count(0)
        expect(self.page.locator('input[name="client_message_id"]')).to_have_value(re.compile("."))
        in_box = composer(self.page).input_value()
        sent = questions(self.page).get_by_text(self.typed, exact=True).count()
        assert in_box == self.typed or (may_be_sent and sent == 1), (self.typed, in_box, sent)


def reloads(at: Typing) -> None:
    at.type()
    at.page.reload()
    at.expect_kept()


def types_while_the_page_loads(at: Typing) -> None:
    at.type()
    at.page.reload(wait_until="commit")
    at.type()
    at.expect_kept()


def reloads_after_a_kill(at: Typing) -> None:
    at.type()
    at.restart()
    at.page.reload()
    at.expect_kept()


def types_through_a_kill(at: Typing) -> None:
    at.type()
    at.server.kill()
    at.type()
    at.server.start()
    at.type()
    at.page.reload()
    at.expect_kept()


def sends_and_reloads(at: Typing) -> None:
    at.type(all_of_it=True)
    composer(at.page).press("Enter")
    at.wait(0.1)
    at.page.reload()
    at.expect_kept(may_be_sent=True)


def sends_and_is_cut_off(at: Typing) -> None:
    at.type(all_of_it=True)
    composer(at.page).press("Enter")
    at.wait(0.1)
    at.restart()
    at.expect_kept(may_be_sent=True)


WAYS: tuple[Callable[[Typing], None], ...] = (
    types_through_a_kill,
    sends_and_is_cut_off,
    types_while_the_page_loads,
    sends_and_reloads,
    reloads,
    reloads_after_a_kill,
)
"""Where time is short, the first two are tried."""


def test_what_was_typed_is_kept_whatever_is_reloaded_or_killed(
    server: Server, browser: Browser, ledger: Ledger
) -> None:
    page = new_person(browser, server.url)
    send(page, f"count {LAST}")
    expect_counted(page, LAST)
    expect_conversation(page)
    moments = times(5 * len(WAYS), 2)
    for moment in range(moments):
        text = f"count {LAST} for {moment}: all that is typed here, to the last word of it"
        WAYS[moment % len(WAYS)](Typing(page, server, text, random.Random(moment)))
        if not questions(page).get_by_text(text, exact=True).count():
            send(page, text)  # what is left of it goes, as it would in life
        until_sync(lambda: answer(page).get_attribute("data-status") in ENDED, seconds=30, what="the end of the answer")
        composer(page).fill("")
    page.context.close()
    ledger.note(
        "a reload or kill -9 while somebody types or sends", moments, moments, "all text in its box, or sent once"
    )
