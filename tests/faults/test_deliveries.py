"""Jobs that come twice, late, or to workers that are frozen, told to go, or killed by what they were given."""

import asyncio
from functools import partial

import pytest

from chatapp.accounts.principal import Principal
from chatapp.jobs.queue import Queue
from chatapp.models import Status
from chatapp.settings import Settings
from tests.conftest import ScriptedModel
from tests.faults.ledger import Ledger, spread
from tests.faults.scale import takes_a_minute, times
from tests.faults.talking import (
    active_count,
    all_answers,
    all_closed,
    all_ended,
    all_logged,
    ask_all,
    attempts_of,
    counted,
    seconds_to_end,
)
from tests.generations.conversing import add_queued, ask, ended
from tests.waiting import until
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 20
"""Answers; each job of them comes ten times."""

PICKED_UP_SECONDS = 15.0
"""From the commit of a question whose job was lost to the end of its short answer."""


async def test_a_job_that_is_delivered_ten_times_at_once_asks_the_model_once(
    web: Settings, ada: Principal, start_worker: StartWorker, model: ScriptedModel, ledger: Ledger
) -> None:
    start_worker()
    start_worker()
    answers, queue = times(100, 5), Queue(web.redis_url)
    for first in range(0, answers, AT_ONCE):
        posted = await ask_all(ada, [f"count 30 at 100 for {n}" for n in range(first, min(first + AT_ONCE, answers))])
        await asyncio.gather(*(queue.generate(p.generation_id) for p in posted for _ in range(10)))
        ends = await all_ended(ada, posted)
        assert [(a.status, a.text) for a in ends] == [(Status.COMPLETED, counted(30))] * len(posted)
    await all_closed(model, answers)
    assert len(await model.requests()) == answers
    ledger.note("the same job delivered ten times at once", answers, answers, "the model was asked once for each")


async def test_a_worker_that_is_told_to_go_leaves_nothing_running(
    ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    rounds, active = times(20), 20
    for _ in range(rounds):
        worker = start_worker()
        quick = await ask_all(ada, ["count 60 at 100"] * (active // 2))
        slow = await ask_all(ada, ["count 300 at 20"] * (active // 2))
        await all_logged([*quick, *slow])
        await asyncio.to_thread(worker.stop)
        assert await active_count() == 0
        assert {(a.status, a.text) for a in await all_answers(ada, quick)} == {(Status.COMPLETED, counted(60))}
        cut = await all_answers(ada, slow)
        assert all(a.status == Status.INTERRUPTED and a.text and counted(300).startswith(a.text) for a in cut)
    measured = "answers shorter than the drain are whole, the others are cut with their text"
    ledger.note("SIGTERM to a worker with 20 running answers", rounds, rounds * active, measured)


@takes_a_minute
async def test_a_question_that_kills_its_worker_is_tried_three_times_while_others_go_on(
    ada: Principal, start_worker: StartWorker, model: ScriptedModel, ledger: Ledger
) -> None:
    rounds = times(10)
    for poison in range(rounds):
        posted = await ask(ada, f"wait 60 poison {poison}")
        for attempt in (1, 2, 3):
            worker = start_worker()
            other = await ask(ada, "count 20 at 1000")
            await until(partial(_asked, model, poison, attempt), seconds=30, what="the next try")
            assert (await ended(ada, other.conversation_id)).text == counted(20)
            worker.kill()
        worker = start_worker()
        answer = await ended(ada, posted.conversation_id, seconds=20)
        assert (answer.status, answer.error_code, answer.text) == (Status.FAILED, "crash_loop", "")
        assert await attempts_of(posted) == 3
        assert (await ended(ada, (await ask(ada, "count 20 at 1000")).conversation_id)).text == counted(20)
        worker.kill()
    ledger.note("a question that kills each worker that takes it", rounds, rounds * 5, "three tries, then failed")


async def _asked(model: ScriptedModel, poison: int, tries: int) -> bool:
    return sum(str(r["question"]).endswith(f"poison {poison}") for r in await model.requests()) == tries


async def test_a_question_whose_job_was_lost_is_picked_up(
    ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    start_worker()
    answers = times(50, 5)
    added = [await add_queued(ada) for _ in range(answers)]  # what a crash between commit and enqueue leaves
    for generation in added:
        answer = await ended(ada, generation.conversation_id, seconds=30)
        assert (answer.status, answer.text) == (Status.COMPLETED, counted(5))
        assert answer.position.attempt == 1
    after = [await seconds_to_end(generation.id) for generation in added]
    assert max(after) <= PICKED_UP_SECONDS
    ledger.note("a crash between commit and enqueue", answers, answers, f"answered after {spread(after)}")
