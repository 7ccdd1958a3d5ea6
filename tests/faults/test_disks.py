"""A disk that is full or refuses to be written to, under the deployment of one process: said, and then forgotten."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from sqlalchemy import event

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.errors import DatabaseUnavailable
from chatapp.models import Status
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.conftest import add_person
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import active_count, counted, passed
from tests.generations.conversing import ask, ended, has_text

pytestmark = pytest.mark.timeout(1800)


@pytest_asyncio.fixture
async def ada(process: Settings) -> Principal:
    """A person of a process that does everything itself."""
    return await add_person("ada")


@contextmanager
def pragma(during: str, afterwards: str) -> Iterator[None]:
    """Say one thing to every connection of this process before each use, and another one from then on."""
    words = [during]

    def say(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA {words[0]}")

    event.listen(database.engine().sync_engine, "checkout", say)
    yield
    words[0] = afterwards


DISKS = {
    "full": ("max_page_count=1", "max_page_count=1073741823"),  # SQLite takes the present size for less than that
    "read-only": ("query_only=ON", "query_only=OFF"),
}


@pytest.mark.parametrize("disk", DISKS)
async def test_a_disk_that_takes_nothing_is_said_and_then_forgotten(disk: str, ada: Principal, ledger: Ledger) -> None:
    rounds = times(20)
    for _ in range(rounds):
        running = await ask(ada, "count 300 at 100")
        await has_text(ada, running.conversation_id)
        with pragma(*DISKS[disk]):
            with pytest.raises(DatabaseUnavailable) as refused:
                await ask(ada, "a question that does not fit " * 5000)
            assert ("disk is full" in words_of(refused.value)) == (disk == "full")
            await passed(1.0)
        answer = await ended(ada, running.conversation_id, seconds=20)
        assert (answer.status, answer.text) == (Status.COMPLETED, counted(300))
        assert (await ended(ada, (await ask(ada, "count 5")).conversation_id)).text == counted(5)
        assert await active_count() == 0
    ledger.note(f"a disk that is {disk} for a while", rounds, rounds * 2, "refused at once, no repair needed")
