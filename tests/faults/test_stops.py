"""Stop at any moment, pressed in this process while a worker writes: the answer ends soon and never grows again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from chatapp.accounts.principal import Principal
from chatapp.generations import service as generations
from chatapp.generations.asking import Posted
from chatapp.generations.queries import Answer
from chatapp.models import Status
from tests.conftest import ScriptedModel
from tests.faults.ledger import Ledger, percentile, spread
from tests.faults.scale import times
from tests.faults.talking import all_answers, all_closed, all_logged, all_running, ask_all, counted
from tests.generations.conversing import ended
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 10
LAST = 120
STOP_SECONDS = 1.0

Moment = Callable[[Principal, list[Posted]], Awaitable[object]]


async def before_the_claim(_: Principal, posted: list[Posted]) -> None:
    """At once: the job may still be on its way."""


async def before_the_first_part(ada: Principal, posted: list[Posted]) -> None:
    """Claimed, and the model is being asked."""
    await all_running(ada, posted)


async def in_the_middle(_: Principal, posted: list[Posted]) -> None:
    """Anywhere in the text."""
    await all_logged(posted, random.Random(posted[0].generation_id).randint(1, len(counted(LAST)) // 2))


async def near_the_end(_: Principal, posted: list[Posted]) -> None:
    """As the last parts come."""
    await all_logged(posted, len(counted(LAST)) - 30)


async def after_the_end(ada: Principal, posted: list[Posted]) -> None:
    """There is nothing left to stop."""
    await asyncio.gather(*(ended(ada, p.conversation_id) for p in posted))


MOMENTS: list[Moment] = [before_the_claim, before_the_first_part, in_the_middle, near_the_end, after_the_end]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
async def test_an_answer_that_is_stopped_ends_soon_and_never_grows(
    moment: Moment, ada: Principal, start_worker: StartWorker, model: ScriptedModel, ledger: Ledger
) -> None:
    start_worker()
    stops, after = times(100, AT_ONCE), []
    for first in range(0, stops, AT_ONCE):
        posted = await ask_all(ada, [f"count {LAST} at 60 for {n}" for n in range(first, first + AT_ONCE)])
        await moment(ada, posted)
        timed = await asyncio.gather(*(stop(ada, p) for p in posted))
        after += [seconds for seconds, _ in timed]
        ends = [answer for _, answer in timed]
        await all_closed(model, 0)
        assert await all_answers(ada, posted) == ends
        assert {a.status for a in ends} <= {Status.STOPPED, Status.COMPLETED}
        assert all(counted(LAST).startswith(a.text) for a in ends)
        assert all(a.text == counted(LAST) for a in ends if a.status == Status.COMPLETED)
    assert percentile(after, 95) <= STOP_SECONDS, after
    ledger.note(f"stop {moment.__name__.replace('_', ' ')}", stops, stops, f"ended after {spread(after)}")


async def stop(principal: Principal, posted: Posted) -> tuple[float, Answer]:
    """Stop one answer; returns how long its end took, and that."""
    pressed_at = time.monotonic()
    await generations.stop(principal, posted.conversation_id)
    answer = await ended(principal, posted.conversation_id)
    return time.monotonic() - pressed_at, answer
