"""Where answers are written in one process, and who waits for whom."""

import asyncio

import pytest

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations import dispatch
from chatapp.generations.executor import GenerationExecutor
from chatapp.generations.heartbeat import Heartbeat
from chatapp.generations.lifecycle import Claim
from chatapp.generations.runner import Runner
from chatapp.models import Generation, Status
from chatapp.settings import Settings
from chatapp.streaming import hub
from tests.generations.conversing import add_queued, answer_of, ask, has_text
from tests.waiting import until

pytestmark = pytest.mark.asyncio

PEOPLE = 10


@pytest.fixture
def executor(process: Settings) -> GenerationExecutor:
    """An executor beside that of the process, which the test may drain."""

    async def nothing_after(_claim: Claim) -> None:
        """No title is needed here."""

    return GenerationExecutor(Runner(process, hub.current().log, Heartbeat(hub.current(), process)), nothing_after)


async def test_a_drain_that_ends_lets_an_answer_whose_model_has_finished_be_stored(
    ada: Principal, executor: GenerationExecutor
) -> None:
    generation = await add_queued(ada, "count 40 at 200")
    await executor.start(generation.id)
    await has_text(ada, generation.conversation_id)
    async with database.writing() as db:  # in whose way nothing can be stored
        await db.get(Generation, generation.id, with_for_update=True)
        await until(lambda: has_been_read(generation.id), what="the end of the reading")
        draining = asyncio.create_task(executor.drain(seconds=0))
        done, _ = await asyncio.wait([draining], timeout=0.1)
        assert not done
    await draining
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, " ".join(map(str, range(1, 41))))


async def has_been_read(generation_id: str) -> bool:
    """Whether the model has said all that it has to say."""
    return all(task.get_name() != f"reading {generation_id}" for task in asyncio.all_tasks())


async def test_a_drain_that_ends_cuts_what_is_still_being_read_and_keeps_its_text(
    ada: Principal, executor: GenerationExecutor
) -> None:
    generation = await add_queued(ada, "count 2000 at 50")
    await executor.start(generation.id)
    await has_text(ada, generation.conversation_id)
    await executor.drain(seconds=0)
    answer = await answer_of(ada, generation.conversation_id)
    assert answer.status == Status.INTERRUPTED
    assert answer.text


async def test_a_drain_waits_for_an_end_that_cannot_be_stored_no_longer_than_it_says(
    ada: Principal, executor: GenerationExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.generations.executor.END_SECONDS", 0.1)
    generation = await add_queued(ada, "count 2000 at 50")
    await executor.start(generation.id)
    await has_text(ada, generation.conversation_id)
    async with database.writing() as db:
        await db.get(Generation, generation.id, with_for_update=True)
        async with asyncio.timeout(5):
            await executor.drain(seconds=0)


async def test_a_message_whose_turn_comes_during_a_drain_is_left_to_the_next_process(
    ada: Principal, executor: GenerationExecutor
) -> None:
    generation = await add_queued(ada, "count 40 at 200")
    assert (await ask(ada, "count 3", generation.conversation_id)).is_queued
    dispatch.use(executor.start)
    await executor.start(generation.id)
    await has_text(ada, generation.conversation_id)
    await executor.drain(seconds=5)
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.status, answer.text) == (Status.QUEUED, "")


async def test_what_is_started_while_a_drain_goes_on_is_left_to_the_next_process(
    ada: Principal, executor: GenerationExecutor
) -> None:
    generation = await add_queued(ada)
    await executor.drain(seconds=0)
    await executor.start(generation.id)
    await executor.drain(seconds=5)  # would wait for it
    assert (await answer_of(ada, generation.conversation_id)).status == Status.QUEUED
