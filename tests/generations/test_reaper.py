"""What the reaper makes of generations whose runner is gone."""

import asyncio
from datetime import timedelta

import pytest

from chatapp import clock
from chatapp.accounts.principal import Principal
from chatapp.clock import JUMP_SECONDS, JumpWatch, now
from chatapp.db import database
from chatapp.generations import lifecycle, reaper
from chatapp.generations.lifecycle import Claim
from chatapp.models import Generation, Status
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.events import Delta, Entry, Position, generation_key
from tests.clocks import clock_that_is_off
from tests.conftest import ScriptedModel
from tests.generations.breaking import lose_generations_for_a_moment
from tests.generations.conversing import add_queued, ended

pytestmark = pytest.mark.asyncio


async def abandoned(principal: Principal, *, saved: str = "", logged: str = "") -> Claim:
    """A running generation whose lease is over, with `saved` checkpointed and `logged` only in the event log."""
    generation = await add_queued(principal)
    async with database.writing() as db:
        held = await lifecycle.claim(db, generation.id, lease_seconds=30)
        assert held is not None
        if saved:
            await lifecycle.checkpoint(db, held, 1, Delta(saved))
    first = 2 if saved else 1
    entries = [Entry(Position(held.attempt, first + i), Delta(c)) for i, c in enumerate(logged)]
    await hub.current().log.append(generation_key(held.generation_id), entries)
    async with database.writing() as db:
        await lifecycle.expire_leases(db)
    return held


async def stored(held: Claim) -> Generation:
    async with database.reading() as db:
        found = await db.get(Generation, held.generation_id)
    assert found is not None
    return found


async def swept(held: Claim) -> Generation:
    await reaper.sweep(JumpWatch())
    return await stored(held)


async def test_partial_text_is_kept_with_what_only_the_log_had(ada: Principal) -> None:
    held = await abandoned(ada, saved="one two ", logged="three")
    after = await swept(held)
    assert (after.status, after.text) == (Status.INTERRUPTED, "one two three")


async def test_text_that_only_the_log_had_is_not_generated_anew(ada: Principal, model: ScriptedModel) -> None:
    after = await swept(await abandoned(ada, logged="seen"))
    assert (after.status, after.text) == (Status.INTERRUPTED, "seen")
    assert await model.requests() == []


async def test_a_generation_of_which_nothing_was_shown_is_started_again(ada: Principal) -> None:
    held = await abandoned(ada)
    await reaper.sweep(JumpWatch())
    answer = await ended(ada, held.conversation_id)
    assert (answer.status, answer.text.split()) == (Status.COMPLETED, ["1", "2", "3", "4", "5"])


async def test_nobody_is_judged_by_a_clock_that_has_just_jumped(
    ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, watch = await abandoned(ada, saved="text"), JumpWatch()
    monkeypatch.setattr(clock, "datetime", clock_that_is_off(timedelta(seconds=JUMP_SECONDS * 2)))
    assert not await reaper.sweep(watch)
    assert (await stored(held)).status == Status.RUNNING
    assert await reaper.sweep(watch)
    assert (await stored(held)).status == Status.INTERRUPTED


async def test_a_stop_that_the_dead_runner_never_saw_is_honoured(ada: Principal) -> None:
    held = await abandoned(ada, saved="text")
    async with database.writing() as db:
        await lifecycle.stop(db, held.generation_id)
    assert (await swept(held)).status == Status.STOPPED


async def test_a_process_that_starts_interrupts_what_the_last_one_left(ada: Principal) -> None:
    held = await abandoned(ada)
    await reaper.take_over()
    assert (await stored(held)).status == Status.INTERRUPTED


async def test_a_process_that_starts_dispatches_at_once_what_the_last_one_left_queued(ada: Principal) -> None:
    generation = await add_queued(ada)
    await reaper.take_over()
    assert (await ended(ada, generation.conversation_id)).status == Status.COMPLETED


async def test_a_generation_that_was_committed_and_never_dispatched_is_found(ada: Principal) -> None:
    generation = await add_queued(ada)
    async with database.writing() as db:
        row = await db.get(Generation, generation.id)
        assert row is not None
        row.dispatched_at = now() - timedelta(seconds=reaper.QUEUED_SECONDS + 1)
    await reaper.sweep(JumpWatch())
    assert (await ended(ada, generation.conversation_id)).status == Status.COMPLETED


async def test_a_generation_that_kills_its_runner_three_times_fails(ada: Principal) -> None:
    generation = await add_queued(ada)
    async with database.writing() as db:
        row = await db.get(Generation, generation.id)
        assert row is not None
        row.attempt = lifecycle.MAX_ATTEMPTS - 1
    async with database.writing() as db:
        held = await lifecycle.claim(db, generation.id, lease_seconds=-1)
    assert held is not None
    after = await swept(held)
    assert (after.status, after.error_code) == (Status.FAILED, "crash_loop")


async def test_the_reaper_goes_on_after_an_error_that_nobody_expected(ada: Principal, process: Settings) -> None:
    short = process.model_copy(update={"reaper_seconds": 0.05, "lease_seconds": 0.1})
    reaping = asyncio.create_task(reaper.run(short))
    await lose_generations_for_a_moment()
    held = await abandoned(ada, saved="text")
    assert (await ended(ada, held.conversation_id)).status == Status.INTERRUPTED
    reaping.cancel()
    await asyncio.wait([reaping])
