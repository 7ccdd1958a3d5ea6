"""The clock jumps by an hour while answers are written: leases are judged anew, and nobody is interrupted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest
import pytest_asyncio

from chatapp import clock
from chatapp.accounts.principal import Principal
from chatapp.models import Status
from chatapp.process import running
from chatapp.settings import Settings
from tests.conftest import ScriptedModel, add_person
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import all_ended, all_logged, ask_all, counted

pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 10


class SetClock(datetime):
    """The machine's clock, set wrong by `off`."""

    off = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = UTC) -> Self:
        """What the clock says."""
        return super().now(tz) + cls.off


@pytest_asyncio.fixture
async def ada(placed: Settings, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Principal]:
    """A person of one process whose clock can be set."""
    monkeypatch.setattr(clock, "datetime", SetClock)
    short = {"lease_seconds": 5.0, "heartbeat_seconds": 0.5, "reaper_seconds": 0.5}
    made = placed.model_copy(update={"openai_base_url": model.server.base_url, "auto_title": False, **short})
    async with running(made):
        yield await add_person("ada")
    SetClock.off = timedelta(0)


async def test_a_clock_that_jumps_an_hour_interrupts_nobody(ada: Principal, ledger: Ledger) -> None:
    jumps = times(20, 2)
    for jump in range(jumps):
        posted = await ask_all(ada, ["count 300 at 60"] * AT_ONCE)
        await all_logged(posted)
        SetClock.off += timedelta(hours=1 if jump % 2 == 0 else -1)
        ends = await all_ended(ada, posted)
        assert {(a.status, a.text) for a in ends} == {(Status.COMPLETED, counted(300))}
    ledger.note("the clock jumps by an hour, forwards and back", jumps, jumps * AT_ONCE, "nobody was interrupted")
