"""The state machine: every step is won by one, and a final state is final."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chatapp import clock
from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.errors import Fenced
from chatapp.generations import lifecycle, queries
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.models import Generation, GenerationPiece, Status
from chatapp.streaming.events import Delta
from tests.clocks import clock_that_is_off
from tests.generations.conversing import add_queued
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def claim(generation: Generation) -> Claim | None:
    async with database.writing() as db:
        return await lifecycle.claim(db, generation.id, lease_seconds=30)


async def must_claim(generation: Generation) -> Claim:
    held = await claim(generation)
    assert held is not None
    return held


async def claimed(principal: Principal) -> Claim:
    return await must_claim(await add_queued(principal))


async def checkpoint(held: Claim, seq: int, text: str) -> None:
    async with database.writing() as db:
        await lifecycle.checkpoint(db, held, seq, Delta(text))


async def finish(held: Claim, status: Status = Status.COMPLETED, text: str = "") -> None:
    async with database.writing() as db:
        await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(status=status, seq=9, text=text))


async def stored(held: Claim) -> Generation:
    async with database.reading() as db:
        found = await db.get(Generation, held.generation_id)
        assert found is not None
        return found


async def expire(held: Claim) -> None:
    async with database.writing() as db:
        await lifecycle.expire_leases(db)


async def test_only_the_first_claim_of_a_generation_wins(ada: Principal) -> None:
    generation = await add_queued(ada)
    assert await claim(generation) is not None
    assert await claim(generation) is None


async def test_a_second_active_generation_in_a_conversation_is_refused_by_the_database(ada: Principal) -> None:
    first = await add_queued(ada)
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(Generation(conversation_id=first.conversation_id, message_id=first.message_id, model=""))


async def test_pieces_fold_into_the_text_at_the_end(ada: Principal) -> None:
    held = await claimed(ada)
    await checkpoint(held, 1, "one ")
    await checkpoint(held, 2, "two ")
    await finish(held, text="three")
    assert (await stored(held)).text == "one two three"
    async with database.reading() as db:
        assert await queries.list_pieces(db, held.generation_id) == []


async def test_a_checkpoint_whose_commit_broke_counts_once_when_it_is_stored_again(ada: Principal) -> None:
    held = await claimed(ada)
    for _ in range(2):
        await checkpoint(held, 1, "one ")
    await finish(held, text="two")
    assert (await stored(held)).text == "one two"


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.STOPPED, Status.FAILED, Status.INTERRUPTED])
async def test_nothing_changes_after_a_final_state(ada: Principal, status: Status) -> None:
    held = await claimed(ada)
    await finish(held, status, text="the end")
    for late in (checkpoint(held, 10, "more"), finish(held, Status.COMPLETED, text="other")):
        with pytest.raises(Fenced):
            await late
    async with database.writing() as db:
        await lifecycle.stop(db, held.generation_id)
        assert not await lifecycle.queue_again(db, held.generation_id, held.attempt)
    after = await stored(held)
    assert (after.status, after.text, after.stop_requested_at) == (status, "the end", None)


async def test_a_runner_of_an_earlier_attempt_cannot_write(ada: Principal) -> None:
    zombie = await claimed(ada)
    async with database.writing() as db:
        assert await lifecycle.queue_again(db, zombie.generation_id, zombie.attempt)
    heir = await claim(await stored(zombie))
    assert heir is not None
    assert heir.attempt == zombie.attempt + 1
    for late in (checkpoint(zombie, 5, "zombie"), finish(zombie, text="zombie")):
        with pytest.raises(Fenced):
            await late
    await finish(heir, text="heir")
    assert (await stored(heir)).text == "heir"


async def test_a_failed_checkpoint_leaves_no_piece_behind(ada: Principal) -> None:
    held = await claimed(ada)
    await finish(held)
    with pytest.raises(Fenced):
        await checkpoint(held, 5, "late")
    async with database.reading() as db:
        assert await db.get(GenerationPiece, (held.generation_id, 5)) is None


async def test_stopping_a_queued_generation_ends_it_at_once(ada: Principal) -> None:
    generation = await add_queued(ada)
    async with database.writing() as db:
        await lifecycle.stop(db, generation.id)
    assert await claim(generation) is None


async def test_a_generation_that_was_shown_is_not_queued_again(ada: Principal) -> None:
    held = await claimed(ada)
    await checkpoint(held, 1, "seen")
    async with database.writing() as db:
        assert not await lifecycle.queue_again(db, held.generation_id, held.attempt)


async def test_a_lost_claim_and_a_stop_are_told_apart(ada: Principal) -> None:
    stopped, lost, fine = await claimed(ada), await claimed(ada), await claimed(ada)
    async with database.writing() as db:
        await lifecycle.stop(db, stopped.generation_id)
        await lifecycle.queue_again(db, lost.generation_id, lost.attempt)
        ends = await lifecycle.list_lost_or_stopped(db, [stopped, lost, fine])
    assert ends == {stopped.generation_id: True, lost.generation_id: False}


async def test_renewing_pushes_the_lease_of_every_held_claim(ada: Principal) -> None:
    first, second = await claimed(ada), await claimed(ada)
    await expire(first)
    async with database.writing() as db:
        await lifecycle.renew(db, [first, second], lease_seconds=30)
    async with database.reading() as db:
        assert await queries.list_expired(db) == []


async def test_a_question_asked_where_the_clock_is_ahead_is_not_left_waiting(
    ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = await add_queued(ada)
    async with database.writing() as db:
        await lifecycle.stop(db, earlier.id)
    with monkeypatch.context() as here:
        if database.engine().dialect.name == "postgresql":  # beside a SQLite file there is one clock
            here.setattr(clock, "datetime", clock_that_is_off(timedelta(hours=1)))
        async with database.writing() as db:
            queued = await lifecycle.queue(db, earlier.conversation_id, earlier.message_id, earlier.model)
    async with database.reading() as db:
        assert await queries.list_queued_for(db, seconds=-1) == [queued]


async def test_leases_are_renewed_in_the_order_in_which_checkpoints_are_stored(ada: Principal) -> None:
    if database.engine().dialect.name != "postgresql":
        pytest.skip("about a database in which two can write at once")
    later, earlier = sorted([await add_queued(ada), await add_queued(ada)], key=lambda g: g.id, reverse=True)
    held = [await must_claim(generation) for generation in (later, earlier)]  # so that they lie in this order
    async with database.writing() as db:
        await lifecycle.checkpoint(db, held[1], 1, Delta("text"))
        renewing = asyncio.create_task(renew(held))
        await until(somebody_waits, what="the renewal to wait for the checkpoint")
        await lifecycle.checkpoint(db, held[0], 1, Delta("text"))
    await renewing


async def renew(claims: list[Claim]) -> None:
    async with database.writing() as db:
        await lifecycle.renew(db, claims, lease_seconds=30)


async def somebody_waits() -> bool:
    async with database.reading() as db:
        locks = text("SELECT 1 FROM pg_locks WHERE NOT granted")
        return (await (await db.connection()).execute(locks)).first() is not None
