"""A new conversation's first words come before the way to its address, and nothing keeps a tab from that way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatapp.generations.queries import Answer
from chatapp.models import Status
from chatapp.settings import Settings
from chatapp.streaming.follower import Batch
from chatapp.ui.reflex_handlers import CONNECT
from chatapp.ui.state import lead as lead_module
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.lead import LEAD_SECONDS, LOAD_SECONDS, Lead
from chatapp.ui.state.opening import CHAT_ROUTE
from tests.accounts.browsing import join
from tests.ui.events import Tab, name_of, tab
from tests.ui.test_guard import cookie
from tests.waiting import until

QUEUED = Answer("message", "generation", Status.QUEUED)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stands = Clock()
    monkeypatch.setattr(lead_module, "time", stands)
    return stands


@asynccontextmanager
async def asked(settings: Settings, question: str) -> AsyncIterator[Tab]:
    """A tab in which a question has begun a conversation, once it was sent to the address of that."""
    token = await join("owner", settings)
    form = {"text": question, "client_message_id": "of this box"}
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        page.order.clear()
        sending = asyncio.create_task(
            page.send(name_of(ComposerState, "send"), {"form": form}, cookie=cookie(token), route=CHAT_ROUTE)
        )

        async def is_led() -> bool:
            return bool(page.redirects())

        await until(is_led, what="the way to the address")
        yield page
        sending.cancel()


async def test_the_first_words_are_there_before_the_way_to_the_address(process: Settings) -> None:
    async with asked(process, "repeat exactly: # Sentinel") as page:
        shown = "".join(page.order[: page.order.index("_redirect")])
        assert "Sentinel" in shown
        assert '"rows_rx_state_"' not in shown, "the list has a new line; the load at the address brings it"


async def test_a_model_that_thinks_keeps_nobody_from_the_address(process: Settings) -> None:
    async with asked(process, "wait 1") as page:
        (path,) = page.redirects()
        assert path.startswith("/c/")
        assert '"has_text_rx_state_": true' not in page.words()


def test_signs_that_a_page_does_not_show_are_no_words(clock: Clock) -> None:
    lead = Lead("1")
    assert lead.take(Batch(snapshot=QUEUED)) is None
    assert lead.take(Batch(text="# ")) is None
    assert lead.take(Batch(text="**H")) is not None
    assert lead.take(Batch(text="ello")) is None, "the way is told once"


@pytest.mark.parametrize("batch", [Batch(changed=True), Batch(snapshot=QUEUED, text="☺", changed=True), Batch()])
def test_an_answer_that_ended_and_a_silence_are_not_waited_out(clock: Clock, batch: Batch) -> None:
    assert Lead("1").take(batch) is not None


def test_text_without_words_is_not_waited_for_any_longer(clock: Clock) -> None:
    lead = Lead("1")
    clock.now += LEAD_SECONDS
    assert lead.take(Batch(text="☺")) is not None


def test_only_the_very_first_list_is_left_to_the_load(clock: Clock) -> None:
    lead = Lead("1")
    assert not lead.leave_list_to_load(Batch(list_changed=True)).list_changed
    assert lead.leave_list_to_load(Batch(list_changed=True)).list_changed


def test_a_page_that_is_where_it_belongs_has_no_way_to_go_and_its_list_at_once(clock: Clock) -> None:
    lead = Lead("")
    clock.now += 10 * LOAD_SECONDS
    assert lead.patience_seconds == 0
    assert lead.leave_list_to_load(Batch(list_changed=True)).list_changed
    assert lead.take(Batch(snapshot=QUEUED, text="Hello")) is None
    assert not lead.is_abandoned()


def test_a_tab_that_never_came_to_its_address_is_given_up(clock: Clock) -> None:
    lead = Lead("1")
    lead.take(Batch(text="Hello"))
    assert not lead.is_abandoned()
    clock.now += LOAD_SECONDS + 1
    assert lead.is_abandoned()
