"""Redis is down for a minute, or forgets everything in mid-answer: answers go on, questions wait and are answered."""

import asyncio
import random
import time

import pytest

from chatapp.accounts.principal import Principal
from chatapp.models import Status
from tests.faults.ledger import Ledger, spread
from tests.faults.scale import lasting, takes_a_minute, times
from tests.faults.talking import all_ended, all_logged, ask_all, counted, passed
from tests.generations.conversing import answer_of, ask, ended
from tests.services.redis_server import RedisServer
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

AWAY_SECONDS = lasting(60, 4)
LONG = int((AWAY_SECONDS + 20) * 10)
"""So many numbers at ten a second outlast it."""

ANSWERED_SECONDS = 15.0
"""From Redis' return to the answer to a question that was asked while it was down."""


@takes_a_minute
async def test_an_outage_of_redis_loses_nothing(
    ada: Principal, start_worker: StartWorker, own_redis: RedisServer, ledger: Ledger
) -> None:
    start_worker()
    outages, after = times(5), []
    for _ in range(outages):
        running = await ask_all(ada, ["count 300 at 100", f"count {LONG} at 10"])
        await all_logged(running)
        own_redis.kill()
        asked = await ask_all(ada, ["count 20 at 100"] * 3)
        assert (await all_ended(ada, running[:1]))[0].text == counted(300)
        await passed(AWAY_SECONDS)
        assert {(await answer_of(ada, p.conversation_id)).status for p in asked} == {Status.QUEUED}
        await asyncio.to_thread(own_redis.start)
        back_at = time.monotonic()
        assert {a.text for a in await all_ended(ada, asked)} == {counted(20)}
        after.append(time.monotonic() - back_at)
        assert (await ended(ada, running[1].conversation_id, seconds=60)).text == counted(LONG)
    assert max(after) <= ANSWERED_SECONDS, after
    measured = f"questions asked meanwhile were answered {spread(after)} after its return"
    ledger.note(f"Redis away for {AWAY_SECONDS:.0f} s", outages, outages * 5, measured)


async def test_a_redis_that_forgets_everything_in_mid_answer_takes_no_text(
    ada: Principal, start_worker: StartWorker, own_redis: RedisServer, ledger: Ledger
) -> None:
    start_worker()
    rounds = times(50, 2)
    for number in range(rounds):
        posted = await ask_all(ada, ["count 200 at 100"] * 3)
        await all_logged(posted, random.Random(number).randint(1, 500))
        own_redis.flush()
        late = await ask(ada, "count 20 at 100")
        own_redis.flush()
        assert {(a.status, a.text) for a in await all_ended(ada, posted)} == {(Status.COMPLETED, counted(200))}
        assert (await ended(ada, late.conversation_id, seconds=30)).text == counted(20)
    ledger.note("FLUSHALL in mid-answer, and once more behind a new question", rounds, rounds * 4, "")
