"""Where answers are written in one process, and who waits for whom."""

import asyncio

import pytest
from sqlmodel import func, select

from chatapp import database
from chatapp.accounts.principal import Principal
from chatapp.models import Generation, Status
from tests.generations.conversing import ask, ended

pytestmark = pytest.mark.asyncio

PEOPLE = 10


async def test_of_many_who_ask_at_once_all_are_asked_for_before_the_first_goes_on(ada: Principal) -> None:
    if database.engine().dialect.name != "sqlite":
        pytest.skip("about a database inside the event loop")
    running = []

    async def ask_and_go_on() -> str:
        posted = await ask(ada, "count 3")
        running.append(await count_running())
        return posted.conversation_id

    asked = await asyncio.gather(*(ask_and_go_on() for _ in range(PEOPLE)))
    assert running[0] == PEOPLE
    for conversation_id in asked:
        assert (await ended(ada, conversation_id)).status == Status.COMPLETED


async def count_running() -> int:
    """How many answers are being written."""
    async with database.reading() as db:
        return (await db.exec(select(func.count()).where(Generation.status == Status.RUNNING))).one()
