"""A Redis that answers and refuses to write, as one does whose memory or disk is full."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
import redis

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations import lifecycle
from chatapp.generations.executor import GenerationExecutor
from chatapp.models import Status
from chatapp.process import running_worker
from chatapp.settings import Settings
from chatapp.streaming.events import Delta
from tests.conftest import add_person
from tests.generations.conversing import add_claimed, add_queued, answer_of, ended
from tests.services.redis_server import RedisServer
from tests.waiting import until


@pytest_asyncio.fixture
async def executor(team: Settings) -> AsyncIterator[GenerationExecutor]:
    """The services of a worker, in this very process, which brings its jobs itself."""
    async with running_worker(team) as made:
        yield made


@pytest_asyncio.fixture
async def ada(executor: GenerationExecutor) -> Principal:
    """A person."""
    return await add_person("ada")


async def test_an_answer_is_stored_whole_while_redis_refuses_to_write(
    ada: Principal, executor: GenerationExecutor, own_redis: RedisServer
) -> None:
    generation = await add_queued(ada)
    own_redis.refuse_to_write()
    await executor.run(generation.id)
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, "1 2 3 4 5")


async def test_a_redis_that_refuses_in_mid_answer_takes_no_text(
    ada: Principal, executor: GenerationExecutor, own_redis: RedisServer
) -> None:
    generation = await add_queued(ada, "count 100 at 100")
    running = asyncio.create_task(executor.run(generation.id))

    async def has_begun() -> bool:
        return bool((await answer_of(ada, generation.conversation_id)).text)

    await until(has_begun, what="the first checkpoint")
    own_redis.refuse_to_write()
    await running
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, " ".join(map(str, range(1, 101))))


async def test_the_reaper_outlives_a_redis_that_refuses_to_write(ada: Principal, own_redis: RedisServer) -> None:
    generation, held = await add_claimed(ada)
    own_redis.refuse_to_write()
    async with database.writing() as db:
        await lifecycle.checkpoint(db, held, 1, Delta("some text"))
        await lifecycle.expire_leases(db)

    async def has_refused() -> bool:
        with redis.Redis.from_url(own_redis.url) as client:
            return "errorstat_OOM" in client.info("errorstats")

    await until(has_refused, what="a try of the reaper")
    own_redis.write_again()
    answer = await ended(ada, generation.conversation_id)
    assert (answer.status, answer.text) == (Status.INTERRUPTED, "some text")
