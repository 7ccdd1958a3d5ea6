"""The follower: snapshot and log together give the whole text, once, whenever one begins to follow."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from chatapp.accounts.principal import Principal
from chatapp.conversations import service as conversations
from chatapp.db import database
from chatapp.generations import lifecycle
from chatapp.generations import service as generations
from chatapp.generations.lifecycle import Outcome
from chatapp.models import Generation, Status
from chatapp.reading import follower
from chatapp.reading.follower import Batch, Follower
from chatapp.streaming import hub, notices
from chatapp.streaming.ending import say_ended
from chatapp.streaming.events import Delta, Entry, Position, generation_key
from tests.generations.conversing import add_claimed, answer_of, ask, ended, has_text

Batches = AsyncGenerator[Batch, None]


def follow(principal: Principal, conversation_id: str, running_id: str = "") -> Batches:
    return Follower(hub.current(), principal.user_id, conversation_id, running_id=running_id).batches()


async def take(batches: Batches, done: Callable[[str, Batch], bool]) -> str:
    """Read until `done(text, batch)`; returns the text as a page would show it."""
    text = ""
    async with asyncio.timeout(20):
        async for batch in batches:
            text = (batch.snapshot.text if batch.snapshot else text) + batch.text
            if done(text, batch):
                break
    await batches.aclose()
    return text


async def read_to_the_end(principal: Principal, conversation_id: str) -> str:
    last_seen = ""

    def is_over(text: str, batch: Batch) -> bool:
        nonlocal last_seen
        grew, last_seen = text != last_seen, text
        return batch.changed and not grew and bool(text) and text.endswith("300")

    return await take(follow(principal, conversation_id), is_over)


async def test_followers_that_begin_at_different_times_see_the_same_whole_text(ada: Principal) -> None:
    posted = await ask(ada, "count 300 at 300")
    early = asyncio.create_task(read_to_the_end(ada, posted.conversation_id))
    await has_text(ada, posted.conversation_id)
    late = asyncio.create_task(read_to_the_end(ada, posted.conversation_id))
    expected = (await ended(ada, posted.conversation_id)).text
    assert await early == await late == expected


async def test_a_gap_in_the_log_is_filled_from_the_database_and_nothing_is_shown_twice(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id)
    assert (await anext(batches)).snapshot is not None
    log, key = hub.current().log, generation_key(generation.id)
    await log.append(key, [Entry(Position(1, 1), Delta("a"))])
    assert (await anext(batches)).text == "a"
    await log.append(key, [Entry(Position(1, 3), Delta("c"))])
    assert (await anext(batches)).text == ""
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 3, Delta("abc"))
    await log.append(key, [Entry(Position(1, 4), Delta("d"))])
    assert await take(batches, lambda text, _: len(text) >= 3) == "bcd"


async def test_the_first_batch_brings_what_the_log_has_beyond_the_snapshot(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 1, Delta("a"))
    entries = [Entry(Position(1, seq), Delta(text)) for seq, text in enumerate("abc", start=1)]
    await hub.current().log.append(generation_key(generation.id), entries)
    batches = follow(ada, generation.conversation_id)
    first = await anext(batches)
    await batches.aclose()
    assert first.snapshot is not None
    assert (first.snapshot.text, first.text) == ("a", "bc")


async def test_an_answer_that_has_ended_is_followed_no_longer(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id)
    await anext(batches)
    assert generation_key(generation.id) in hub.current()._subscribers
    async with database.writing() as db:
        await lifecycle.finalize(
            db, claim.generation_id, claim.attempt, Outcome(status=Status.COMPLETED, seq=1, text="a")
        )
    await say_ended(hub.current().log, generation.id, Position(1, 1))
    assert (await anext(batches)).changed
    assert generation_key(generation.id) not in hub.current()._subscribers
    await batches.aclose()


async def test_a_page_that_shows_the_running_answer_is_not_told_to_read_its_messages(ada: Principal) -> None:
    generation, _ = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id, generation.message_id)
    first = await anext(batches)
    await batches.aclose()
    assert first.snapshot is not None
    assert (first.changed, first.list_changed) == (False, True)


async def test_a_page_that_shows_an_answer_which_has_ended_meanwhile_is_told(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    async with database.writing() as db:
        await lifecycle.finalize(
            db, claim.generation_id, claim.attempt, Outcome(status=Status.COMPLETED, seq=1, text="a")
        )
    batches = follow(ada, generation.conversation_id, generation.message_id)
    assert (await anext(batches)).changed
    await batches.aclose()


async def test_a_page_that_shows_an_answer_whose_end_is_only_in_the_log_is_told(ada: Principal) -> None:
    generation, _ = await add_claimed(ada)
    await say_ended(hub.current().log, generation.id, Position(1, 1))
    batches = follow(ada, generation.conversation_id, generation.message_id)
    assert (await anext(batches)).changed
    await batches.aclose()


async def test_a_database_that_is_behind_the_page_takes_nothing_from_it(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id)
    await anext(batches)
    log, key = hub.current().log, generation_key(generation.id)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 1, Delta("a"))
    for seq, text in enumerate("abc", start=1):
        await log.append(key, [Entry(Position(1, seq), Delta(text))])
    assert (await anext(batches)).text == "abc"
    await log.append(key, [Entry(Position(1, 5), Delta("e"))])
    gap_noticed, looked = await anext(batches), await anext(batches)
    assert (gap_noticed.text, looked.text, looked.snapshot) == ("", "", None)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 5, Delta("bcde"))
    assert await take(batches, lambda text, _: bool(text)) == "de"


async def test_another_attempt_leads_to_a_fresh_snapshot(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id)
    await anext(batches)
    log, key = hub.current().log, generation_key(generation.id)
    await log.append(key, [Entry(Position(1, 1), Delta("first try"))])
    await anext(batches)
    async with database.writing() as db:
        assert await lifecycle.queue_again(db, generation.id, claim.attempt)
        assert await lifecycle.claim(db, generation.id, lease_seconds=30)
    await log.append(key, [Entry(Position(2, 1), Delta("second"))])
    assert await take(batches, lambda _, batch: batch.snapshot is not None) == "second"


async def test_a_new_question_is_noticed(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    batches = follow(ada, posted.conversation_id)
    await anext(batches)
    await ask(ada, "count 4", posted.conversation_id)
    await take(batches, lambda _, batch: batch.snapshot is not None)
    await ended(ada, posted.conversation_id)


async def test_a_new_title_is_noticed_and_makes_nobody_read_the_messages_again(ada: Principal) -> None:
    generation, _ = await add_claimed(ada)
    batches = follow(ada, generation.conversation_id)
    await anext(batches)
    await conversations.rename(ada, generation.conversation_id, "Other")
    batch = await anext(batches)
    assert (batch.title_changed, batch.changed, batch.list_changed) == (True, False, True)
    await batches.aclose()


@pytest.mark.parametrize("count", [2, notices.FEW + 1])
async def test_what_happens_to_several_at_once_is_noticed_by_the_page_of_one(ada: Principal, count: int) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    batches = follow(ada, posted.conversation_id)
    await anext(batches)
    await notices.conversations_changed(ada.user_id, [posted.conversation_id] * count)
    batch = await anext(batches)
    assert (batch.changed, batch.list_changed) == (True, True)
    await batches.aclose()


async def test_the_page_of_a_new_conversation_follows_the_list_alone(ada: Principal) -> None:
    batches = follow(ada, "")
    assert (await anext(batches)).snapshot is None
    posted = await ask(ada, "count 3")
    batch = await anext(batches)
    assert (batch.text, batch.list_changed) == ("", True)
    await batches.aclose()
    await ended(ada, posted.conversation_id)


async def test_a_closed_follower_leaves_nothing_behind_in_the_hub(ada: Principal) -> None:
    posted = await ask(ada, "count 500 at 100")
    batches = follow(ada, posted.conversation_id)
    await anext(batches)
    await batches.aclose()
    assert [key for key in hub.current()._subscribers if not key.startswith("control:")] == []
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)
    assert (await answer_of(ada, posted.conversation_id)).status == "stopped"


@pytest.mark.parametrize("pause_every", [1, 3])
async def test_a_slow_reader_loses_nothing(ada: Principal, pause_every: int) -> None:
    posted = await ask(ada, "count 300 at 1000")
    batches, text, seen = follow(ada, posted.conversation_id), "", 0
    async with asyncio.timeout(20):
        async for batch in batches:
            text = (batch.snapshot.text if batch.snapshot else text) + batch.text
            seen += 1
            if seen % pause_every == 0:
                await ended(ada, posted.conversation_id)
            if text.endswith("300"):
                break
    await batches.aclose()
    await ended(ada, posted.conversation_id)
    assert text == (await answer_of(ada, posted.conversation_id)).text


async def test_an_answer_that_nobody_told_of_is_noticed_after_a_silence(
    ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "IDLE_SECONDS", 0.05)
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    batches = follow(ada, posted.conversation_id)
    async with asyncio.timeout(20):
        async for batch in batches:
            if not batch.changed:
                break
    message_id = (await answer_of(ada, posted.conversation_id)).message_id
    async with database.writing() as db:
        db.add(Generation(conversation_id=posted.conversation_id, message_id=message_id, model="demo/demo"))
    assert await take(batches, lambda _, batch: batch.changed) == ""
