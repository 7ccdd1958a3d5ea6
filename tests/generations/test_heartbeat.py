"""What keeps the leases of a process's answers."""

import asyncio

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations import lifecycle, queries
from chatapp.generations.heartbeat import Heartbeat
from chatapp.settings import Settings
from chatapp.streaming import hub
from tests.generations.breaking import lose_generations_for_a_moment
from tests.generations.conversing import add_claimed
from tests.waiting import until


async def test_leases_are_renewed_after_an_error_that_nobody_expected(ada: Principal, process: Settings) -> None:
    _, claim = await add_claimed(ada)
    heart = Heartbeat(hub.current(), process.model_copy(update={"heartbeat_seconds": 0.05}))
    await heart.start()
    work: asyncio.Task[object] = asyncio.create_task(asyncio.Event().wait())
    async with heart.hold(claim, work):
        await lose_generations_for_a_moment()
        async with database.writing() as db:
            await lifecycle.expire_leases(db)
        await until(none_has_expired, what="the renewal")
    assert not work.done()
    work.cancel()
    await heart.aclose()


async def none_has_expired() -> bool:
    async with database.reading() as db:
        return await queries.list_expired(db) == []
