"""The database keeps everybody waiting, or restarts in mid-answer: text waits in memory, and nobody sees an error."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatapp.accounts.principal import Principal
from chatapp.models import Status
from chatapp.settings import Settings
from tests.faults.ledger import Ledger, spread
from tests.faults.scale import times
from tests.faults.talking import all_ended, all_logged, ask_all, counted, passed
from tests.generations.conversing import ask, ended
from tests.services.postgres_server import PostgresServer
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

LOCKED_SECONDS = 10.0
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def team(team: Settings) -> Settings:
    """Leases that outlive the lock, as the usual ones (30 s) do."""
    return team.model_copy(update={"lease_seconds": 30.0, "heartbeat_seconds": 5.0})


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Have another process hold SQLite's write lock."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


async def test_a_writer_that_holds_sqlite_for_ten_seconds_costs_time_and_no_text(
    web: Settings, ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    start_worker()
    rounds, after = times(20), []
    for _ in range(rounds):
        running = await ask_all(ada, ["count 300 at 60"] * 3)
        await all_logged(running)
        with locked(web.data_dir / "chatapp.db"):
            asked_at, asking = time.monotonic(), asyncio.create_task(ask(ada, "count 20 at 100"))
            await passed(LOCKED_SECONDS)
        meanwhile = await asking
        after.append(time.monotonic() - asked_at)
        ends = await all_ended(ada, running)
        assert {(a.status, a.text) for a in ends} == {(Status.COMPLETED, counted(300))}
        assert (await ended(ada, meanwhile.conversation_id)).text == counted(20)
    measured = f"no error; a question asked meanwhile was taken after {spread(after)}"
    ledger.note("another process holds SQLite's write lock for 10 s", rounds, rounds * 4, measured)


class TestPostgres:
    """The same, on PostgreSQL, which restarts and cuts every connection."""

    @pytest.fixture
    def postgres(self) -> Iterator[PostgresServer]:
        """A server of the test's own."""
        server = PostgresServer()
        server.start()
        yield server
        server.stop()

    @pytest.fixture
    def team(self, team: Settings, postgres: PostgresServer) -> Settings:
        """The settings with its database; recreated, because a copy would keep the address that was worked out."""
        return Settings(_env_file=None, **{**team.model_dump(), "database_url": postgres.new_database()})

    async def test_a_restart_in_mid_answer_costs_time_and_no_text(
        self, ada: Principal, start_worker: StartWorker, postgres: PostgresServer, ledger: Ledger
    ) -> None:
        start_worker()
        rounds, after = times(20), []
        for number in range(rounds):
            running = await ask_all(ada, ["count 300 at 100"] * 3)
            await all_logged(running, random.Random(number).randint(1, 600))
            restarting, asked_at = asyncio.create_task(asyncio.to_thread(postgres.restart)), time.monotonic()
            meanwhile = await ask(ada, "count 20 at 100")
            after.append(time.monotonic() - asked_at)
            await restarting
            ends = await all_ended(ada, running)
            assert {(a.status, a.text) for a in ends} == {(Status.COMPLETED, counted(300))}
            assert (await ended(ada, meanwhile.conversation_id)).text == counted(20)
        measured = f"no error; a question asked meanwhile was taken after {spread(after)}"
        ledger.note("PostgreSQL restarted in mid-answer", rounds, rounds * 4, measured)
