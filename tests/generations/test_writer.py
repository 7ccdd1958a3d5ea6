"""What a writer says in the log about the text that it is given."""

from functools import partial

import pytest
from sqlmodel import select

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.db import database
from chatapp.generations import lifecycle, queries
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.lifecycle import Claim
from chatapp.generations.writer import Writer
from chatapp.models import Generation
from chatapp.providers.base import TextPart
from chatapp.streaming import hub
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import START, Delta, generation_key
from tests.generations.conversing import add_queued
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_the_last_text_in_the_log_is_marked(ada: Principal) -> None:
    log, key, claim = await _claimed(ada)
    async with Writer(claim, log, Checkpoints(), checkpoint_seconds=60) as writer:
        writer.add(TextPart("first"))
        await until(lambda: log.read(key, START), what="the first text in the log")
        writer.add(TextPart("last"))
    assert [entry.event for entry in await log.read(key, START)] == [Delta("first"), Delta("last", is_last=True)]


async def test_text_that_nothing_follows_is_logged_all_the_same(ada: Principal) -> None:
    log, key, claim = await _claimed(ada)
    async with Writer(claim, log, Checkpoints(), checkpoint_seconds=60) as writer:
        for number in range(1, 5):  # the later ones come too soon for an entry at once
            writer.add(TextPart(f"{number} "))
            await until(partial(_has_entries, log, key, number), what="an entry for the part")


async def test_parts_that_come_together_are_one_entry(ada: Principal) -> None:
    log, key, claim = await _claimed(ada)
    async with Writer(claim, log, Checkpoints(), checkpoint_seconds=60) as writer:
        for word in ("one ", "and ", "two"):
            writer.add(TextPart(word))
        await until(lambda: log.read(key, START), what="the text in the log")
        assert [entry.event for entry in await log.read(key, START)] == [Delta("one and two")]


async def test_a_checkpoint_says_when_its_newest_text_came_however_late_it_is_stored(ada: Principal) -> None:
    log, key, claim = await _claimed(ada)
    async with Writer(claim, log, Checkpoints(), checkpoint_seconds=60) as writer:
        before = now()
        writer.add(TextPart("first"))
        await until(partial(_has_entries, log, key, 1), what="the text in the log")
        after = now()
        await until(lambda: _is_stored(claim), what="a checkpoint")
    async with database.reading() as db:
        text_at = (await db.exec(select(Generation.text_at))).one()
    assert text_at is not None
    assert before <= text_at <= after


async def _is_stored(claim: Claim) -> bool:
    async with database.reading() as db:
        return bool(await queries.list_pieces(db, claim.generation_id))


async def _has_entries(log: EventLog, key: str, number: int) -> bool:
    return len(await log.read(key, START)) == number


async def _claimed(owner: Principal) -> tuple[EventLog, str, Claim]:
    generation = await add_queued(owner)
    async with database.writing() as db:
        claim = await lifecycle.claim(db, generation.id, lease_seconds=60)
    assert claim is not None
    return hub.current().log, generation_key(generation.id), claim
