"""What a writer says in the log about the text that it is given."""

import pytest

from chatapp import database
from chatapp.accounts.principal import Principal
from chatapp.generations import lifecycle
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.writer import Writer
from chatapp.providers.base import TextPart
from chatapp.streaming import hub
from chatapp.streaming.events import START, Delta, generation_key
from tests.generations.conversing import add_queued
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_the_last_text_in_the_log_is_marked(ada: Principal) -> None:
    generation = await add_queued(ada)
    log, key = hub.current().log, generation_key(generation.id)
    async with database.writing() as db:
        claim = await lifecycle.claim(db, generation.id, lease_seconds=60)
    assert claim is not None
    async with Writer(claim, log, Checkpoints(), checkpoint_seconds=60) as writer:
        writer.add(TextPart("first"))
        await until(lambda: log.read(key, START), what="the first text in the log")
        writer.add(TextPart("last"))
    assert [entry.event for entry in await log.read(key, START)] == [Delta("first"), Delta("last", is_last=True)]
