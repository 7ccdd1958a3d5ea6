"""A worker that is frozen beyond its lease and thawed, on PostgreSQL.

A SQLite file has no such tests: whoever is frozen in the middle of a transaction keeps the one write lock, and nothing
but its end or its thaw gives that back. PostgreSQL ends the transaction.
"""

from collections.abc import Iterator

import pytest

from chatapp.accounts.principal import Principal
from chatapp.models import Status
from chatapp.settings import Settings
from tests.conftest import ScriptedModel
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import all_answers, all_closed, all_ended, all_logged, ask_all, counted, logged_text
from tests.services.postgres_server import PostgresServer
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 10


@pytest.fixture
def team(team: Settings, postgres: PostgresServer) -> Settings:
    """The settings with a PostgreSQL; recreated, because a copy would keep the address that was worked out."""
    return Settings(_env_file=None, **{**team.model_dump(), "database_url": postgres.new_database()})


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of the test's own."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


async def test_a_frozen_worker_that_thaws_adds_no_byte(
    ada: Principal, start_worker: StartWorker, model: ScriptedModel, ledger: Ledger
) -> None:
    worker, answers = start_worker(), times(100, AT_ONCE)
    for first in range(0, answers, AT_ONCE):
        posted = await ask_all(ada, [f"count 300 at 30 for {n}" for n in range(first, first + AT_ONCE)])
        await all_logged(posted)
        worker.freeze()
        ends = await all_ended(ada, posted)
        logged = [await logged_text(p) for p in posted]
        worker.thaw()
        await all_closed(model, first + AT_ONCE)
        assert await all_answers(ada, posted) == ends
        assert [await logged_text(p) for p in posted] == logged
        assert all(a.status == Status.INTERRUPTED and counted(300).startswith(a.text) for a in ends)
    ledger.note("a worker frozen beyond its lease and thawed", answers, answers, "no byte added to database or log")
