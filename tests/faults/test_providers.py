"""Everything that can go wrong between a worker and its model, through the whole way to the stored answer."""

import time

import psutil
import pytest

from chatapp.accounts.principal import Principal
from chatapp.demo_model.samples import BROKEN_OFF
from chatapp.demo_model.script import Fault
from chatapp.generations.queries import Answer
from chatapp.models import Status
from chatapp.settings import Settings
from chatapp.ui.state.rows import error_words
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import all_ended, ask_all, counted
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

LONGEST_DEADLINE_SECONDS = 6.0
ENDS_WITHIN_SECONDS = LONGEST_DEADLINE_SECONDS + 2.0
GROWTH_MAX_BYTES = 50_000_000

WHOLE = {
    Fault.NO_DONE: BROKEN_OFF,
    Fault.CRLF: BROKEN_OFF,
    Fault.NUL: f"A NUL  stands between. {BROKEN_OFF}",
    Fault.SURROGATE: f"Half a pair: \ufffd. {BROKEN_OFF}",
}
"""Faults that take nothing from the answer."""

LINES = "Line after line, this answer only wants to be very, very long.\n"


@pytest.fixture
def team(team: Settings) -> Settings:
    """Deadlines that a test can wait for."""
    short = {
        "first_part_timeout_seconds": 2.0,
        "part_timeout_seconds": 2.0,
        "total_timeout_seconds": LONGEST_DEADLINE_SECONDS,
        "answer_max_characters": 200_000,
    }
    return team.model_copy(update=short)


async def test_every_fault_of_a_model_ends_in_words_and_the_next_answer_works(
    ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    worker = start_worker()
    await all_ended(ada, await ask_all(ada, ["count 5"] * 5))
    before, rounds = memory_bytes(worker.pid), times(5)
    for _ in range(rounds):
        started_at = time.monotonic()
        ends = await all_ended(ada, await ask_all(ada, [f"fail {kind}" for kind in Fault]))
        assert time.monotonic() - started_at <= ENDS_WITHIN_SECONDS
        for kind, answer in zip(Fault, ends, strict=True):
            expect_end(kind, answer)
        assert {a.text for a in await all_ended(ada, await ask_all(ada, ["count 9"] * 3))} == {counted(9)}
    growth = memory_bytes(worker.pid) - before
    assert growth <= GROWTH_MAX_BYTES
    measured = f"each with a message and in time; the worker grew by {growth / 1e6:.0f} MB"
    ledger.note(f"{len(Fault)} kinds of faults of a model", rounds * len(Fault), rounds * len(Fault), measured)


def expect_end(kind: Fault, answer: Answer) -> None:
    """Whole where nothing was taken; else failed with a sentence, and with the text that had come."""
    if kind in WHOLE:
        assert (answer.status, answer.text) == (Status.COMPLETED, WHOLE[kind]), kind
        return
    scripted = LINES * 10_000 if kind in (Fault.HUGE_ANSWER, Fault.HUGE_EVENT) else BROKEN_OFF
    assert answer.status == Status.FAILED, kind
    assert answer.error_code, kind
    assert error_words(answer).endswith("."), kind
    assert "http" not in error_words(answer), kind
    assert scripted.startswith(answer.text), kind


def memory_bytes(pid: int) -> int:
    """What a process holds in memory."""
    return int(psutil.Process(pid).memory_info().rss)
