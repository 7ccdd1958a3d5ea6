"""Answers that real worker processes write for this one: finished, stopped, killed, told to go."""

import asyncio
import subprocess
import sys

import pytest

from chatapp.accounts.principal import Principal
from chatapp.generations import service as generations
from chatapp.jobs.queue import Queue
from chatapp.models import Status
from chatapp.settings import Settings
from tests.conftest import ScriptedModel
from tests.generations.conversing import answer_of, ask, ended, has_text
from tests.services.redis_server import RedisServer
from tests.waiting import until
from tests.worker.conftest import StartWorker

COUNTED = " ".join(map(str, range(1, 301)))


async def test_a_worker_writes_what_a_web_process_was_asked(ada: Principal, start_worker: StartWorker) -> None:
    start_worker()
    posted = await ask(ada, "count 300 at 300")
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, COUNTED)


async def test_stop_reaches_the_worker_and_the_text_stays(
    ada: Principal, start_worker: StartWorker, model: ScriptedModel
) -> None:
    start_worker()
    posted = await ask(ada, "count 300 at 20")
    await has_text(ada, posted.conversation_id)
    await generations.stop(ada, posted.conversation_id)
    answer = await ended(ada, posted.conversation_id, seconds=1)
    assert answer.status == Status.STOPPED
    assert answer.text
    assert COUNTED.startswith(answer.text)
    (request,) = await model.requests()
    assert request["closed_by"] == "client"


async def test_the_answer_of_a_killed_worker_is_interrupted_with_its_text(
    ada: Principal, start_worker: StartWorker
) -> None:
    worker = start_worker()
    posted = await ask(ada, "count 300 at 50")
    await has_text(ada, posted.conversation_id)
    worker.kill()
    answer = await ended(ada, posted.conversation_id)
    assert answer.status == Status.INTERRUPTED
    assert answer.text
    assert COUNTED.startswith(answer.text)


async def test_what_a_killed_worker_had_not_begun_another_one_writes(ada: Principal, start_worker: StartWorker) -> None:
    worker = start_worker()
    posted = await ask(ada, "wait 4")  # and killed at once: nothing of it can have been shown

    async def is_running() -> bool:
        return (await answer_of(ada, posted.conversation_id)).status == Status.RUNNING

    await until(is_running)
    worker.kill()
    start_worker()
    answer = await ended(ada, posted.conversation_id, seconds=30)
    assert (answer.status, answer.position.attempt) == (Status.COMPLETED, 2)
    assert answer.text


async def test_a_worker_that_is_told_to_go_ends_its_answers_first(ada: Principal, start_worker: StartWorker) -> None:
    worker = start_worker()
    quick, slow = await ask(ada, "count 300 at 600"), await ask(ada, "count 300 at 10")
    await has_text(ada, quick.conversation_id)
    await has_text(ada, slow.conversation_id)
    await asyncio.to_thread(worker.stop)
    statuses = [(await answer_of(ada, posted.conversation_id)).status for posted in (quick, slow)]
    assert statuses == [Status.COMPLETED, Status.INTERRUPTED]


async def test_a_job_that_is_delivered_many_times_asks_the_model_once(
    web: Settings, ada: Principal, start_worker: StartWorker, model: ScriptedModel
) -> None:
    start_worker()
    posted = await ask(ada, "count 300 at 300")
    queue = Queue(web.redis_url)
    await asyncio.gather(*[queue.generate(posted.generation_id) for _ in range(10)])
    assert (await ended(ada, posted.conversation_id)).text == COUNTED
    assert len(await model.requests()) == 1


async def test_a_question_asked_while_redis_is_down_is_answered_when_it_is_back(
    ada: Principal, start_worker: StartWorker, own_redis: RedisServer
) -> None:
    start_worker()
    own_redis.kill()
    posted = await ask(ada, "count 300 at 300")
    assert (await answer_of(ada, posted.conversation_id)).status == Status.QUEUED
    await asyncio.to_thread(own_redis.start)
    assert (await ended(ada, posted.conversation_id, seconds=30)).text == COUNTED


async def test_an_answer_that_redis_leaves_in_its_middle_is_whole_at_its_end(
    ada: Principal, start_worker: StartWorker, own_redis: RedisServer
) -> None:
    start_worker()
    posted = await ask(ada, "count 300 at 100")
    await has_text(ada, posted.conversation_id)
    own_redis.kill()
    await asyncio.to_thread(own_redis.start)
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, COUNTED)


@pytest.mark.parametrize("unwanted", ["reflex", "chatapp.ui"])
def test_a_worker_starts_without_what_only_pages_need(unwanted: str) -> None:
    code = (
        "import sys, chatapp.__main__, chatapp.worker.serving\n"
        f"sys.exit(any(name == {unwanted!r} or name.startswith({unwanted + '.'!r}) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
