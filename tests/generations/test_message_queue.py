"""What is sent while an answer is being written waits, goes in order, and is sent once, whatever happens meanwhile."""

import asyncio
import uuid

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch
from chatapp.conversations import chat_settings, drafts
from chatapp.conversations import service as conversations
from chatapp.db import database
from chatapp.generations import asking, dispatch, lifecycle, prompt, reaper
from chatapp.generations import service as generations
from chatapp.generations.asking import Posted
from chatapp.generations.lifecycle import Outcome
from chatapp.generations.message_queue import advancing
from chatapp.generations.message_queue import service as message_queue
from chatapp.models import Message, Role, Status
from chatapp.settings import Settings
from chatapp.streaming.events import Delta
from tests.conftest import ScriptedModel
from tests.generations.conversing import add_claimed, answer_of, ask, ended, has_text, model_key
from tests.generations.queueing import (
    LONG,
    are_asked,
    asked_of,
    begun,
    ids,
    questions,
    seen,
    stopped,
    waiting,
)
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_what_is_sent_while_an_answer_is_written_goes_in_order_and_once(
    ada: Principal, model: ScriptedModel
) -> None:
    texts = ["count 100 at 100", "count 2", "count 3", "count 4"]
    conversation_id = await begun(ada, *texts[1:], question=texts[0])
    assert await waiting(ada, conversation_id) == texts[1:]
    assert await questions(ada, conversation_id) == texts[:1]
    await are_asked(ada, conversation_id, *texts)
    assert await waiting(ada, conversation_id) == []
    assert await asked_of(model) == texts
    entries = (await seen(ada, conversation_id)).entries
    assert [e.message.parent_id for e in entries[1:]] == [e.id for e in entries[:-1]]
    assert {e.answer.status for e in entries if e.answer} == {Status.COMPLETED}


async def test_the_same_send_waits_once_and_is_asked_once(ada: Principal, model: ScriptedModel) -> None:
    conversation_id = await begun(ada, question="count 100 at 100")
    name = str(uuid.uuid4())

    async def send() -> Posted:
        return await asking.post_message(ada, conversation_id, "count 2", name, model_key())

    first, *others = await asyncio.gather(*(send() for _ in range(4)))
    assert {posted.message_id for posted in others} == {first.message_id}
    assert await waiting(ada, conversation_id) == ["count 2"]
    await are_asked(ada, conversation_id, "count 100 at 100", "count 2")
    assert (await send()).message_id == first.message_id
    assert await waiting(ada, conversation_id) == []
    assert await asked_of(model) == ["count 100 at 100", "count 2"]


async def test_what_waits_is_no_draft_any_more(ada: Principal) -> None:
    conversation_id, name = await begun(ada), str(uuid.uuid4())
    await drafts.save_draft(ada, conversation_id, "count 2", name)
    await asking.post_message(ada, conversation_id, "count 2", name, model_key())
    assert await drafts.get_draft(ada, conversation_id) == ""
    assert not await drafts.save_draft(ada, conversation_id, "count 2", name)  # its page was slow
    assert await drafts.get_draft(ada, conversation_id) == ""
    await generations.stop(ada, conversation_id)


async def test_a_message_goes_to_the_model_that_it_was_sent_to_and_changes_no_later_choice(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2", question="count 100 at 100")
    await conversations.set_model(ada, conversation_id, "other/model")
    await are_asked(ada, conversation_id, "count 100 at 100", "count 2")
    assert (await answer_of(ada, conversation_id)).model == model_key()
    assert (await seen(ada, conversation_id)).model == "other/model"


async def test_a_message_is_answered_with_the_parameters_of_the_moment_in_which_it_was_sent(
    ada: Principal, process: Settings
) -> None:
    generation, held = await add_claimed(ada)
    conversation_id = generation.conversation_id
    await chat_settings.change(ada, conversation_id, "temperature", "0.2")
    await ask(ada, "count 2", conversation_id)
    await chat_settings.change(ada, conversation_id, "temperature", "1.5")
    async with database.writing() as db:
        await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status.COMPLETED, 0, "text"))
        queued = await advancing.advance(db, conversation_id, Status.COMPLETED)
        assert queued is not None
        claim = await lifecycle.claim(db, queued.generation_id, lease_seconds=30)
    assert claim is not None
    assert (await prompt.prepare(claim, process)).parameters["temperature"] == 0.2
    assert (await prompt.prepare(held, process)).parameters["temperature"] == 1.5


async def test_a_stop_pauses_and_whoever_goes_on_sends_all_that_waits(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2", "count 3")
    await stopped(ada, conversation_id)
    assert await waiting(ada, conversation_id) == ["count 2", "count 3"]
    await message_queue.go_on(ada, conversation_id)
    await are_asked(ada, conversation_id, LONG, "count 2", "count 3")


async def test_a_failure_pauses_as_a_stop_does(ada: Principal) -> None:
    generation, held = await add_claimed(ada)
    conversation_id = generation.conversation_id
    await ask(ada, "count 2", conversation_id)
    async with database.writing() as db:
        await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status.FAILED, 0, "text"))
        assert await advancing.advance(db, conversation_id, Status.FAILED) is None
    assert (await seen(ada, conversation_id)).is_paused
    await message_queue.go_on(ada, conversation_id)
    await are_asked(ada, conversation_id, "count 5", "count 2")


async def test_a_message_that_is_sent_during_a_pause_goes_to_the_end_and_all_go_on(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2")
    await stopped(ada, conversation_id)
    posted = await ask(ada, "count 3", conversation_id)
    assert posted.is_queued
    assert posted.generation_id
    await are_asked(ada, conversation_id, LONG, "count 2", "count 3")


async def test_going_on_while_an_answer_is_written_sends_nothing(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2")
    await message_queue.go_on(ada, conversation_id)
    assert await waiting(ada, conversation_id) == ["count 2"]
    await generations.stop(ada, conversation_id)


async def test_what_is_to_be_sent_now_stops_the_answer_and_goes_before_the_others(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2", "count 3", "count 4")
    await message_queue.send_now(ada, conversation_id, (await ids(ada, conversation_id))[2])
    await are_asked(ada, conversation_id, LONG, "count 4", "count 2", "count 3")
    entries = (await seen(ada, conversation_id)).entries
    assert [e.answer.status for e in entries if e.answer] == [Status.STOPPED, *[Status.COMPLETED] * 3]


async def test_what_is_to_be_sent_now_is_sent_at_once_during_a_pause(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2", "count 3")
    await stopped(ada, conversation_id)
    await message_queue.send_now(ada, conversation_id, (await ids(ada, conversation_id))[1])
    await are_asked(ada, conversation_id, LONG, "count 3", "count 2")


async def test_a_stop_that_comes_after_it_takes_send_now_back(ada: Principal) -> None:
    generation, held = await add_claimed(ada)  # whose runner does not hear of the stop
    conversation_id = generation.conversation_id
    await ask(ada, "count 2", conversation_id)
    await message_queue.send_now(ada, conversation_id, (await ids(ada, conversation_id))[0])
    await generations.stop(ada, conversation_id)
    async with database.writing() as db:
        await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status.STOPPED, 0))
        assert await advancing.advance(db, conversation_id, Status.STOPPED) is None
    assert (await seen(ada, conversation_id)).is_paused


@pytest.mark.parametrize("sends_now", [True, False])
async def test_when_the_runner_is_dead_its_reaper_sends_what_was_to_go_now_and_pauses_otherwise(
    ada: Principal, sends_now: bool
) -> None:
    generation, held = await add_claimed(ada)
    conversation_id = generation.conversation_id
    async with database.writing() as db:
        await lifecycle.checkpoint(db, held, 1, Delta("some text"))
    await ask(ada, "count 2", conversation_id)
    if sends_now:
        await message_queue.send_now(ada, conversation_id, (await ids(ada, conversation_id))[0])
    async with database.writing() as db:
        await lifecycle.expire_leases(db)
    await reaper.sweep(JumpWatch())
    if sends_now:
        await are_asked(ada, conversation_id, "count 5", "count 2")
    else:
        assert (await seen(ada, conversation_id)).is_paused
        assert (await answer_of(ada, conversation_id)).status == Status.INTERRUPTED


async def test_what_was_committed_and_never_dispatched_is_found(
    ada: Principal, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation_id = await begun(ada, "count 2", question="count 100 at 100")

    async def die(_generation_id: str) -> None:
        """As a process that is killed between the two."""

    with monkeypatch.context() as dying:
        dying.setattr(dispatch, "start", die)

        async def is_taken() -> bool:
            return await waiting(ada, conversation_id) == []

        await until(is_taken, what="the next question")
    assert (await answer_of(ada, conversation_id)).status == Status.QUEUED
    await reaper.take_over()  # as the next process does at its start
    await are_asked(ada, conversation_id, "count 100 at 100", "count 2")
    assert await asked_of(model) == ["count 100 at 100", "count 2"]


async def test_two_who_end_the_same_answer_send_one_message_once(ada: Principal) -> None:
    generation, held = await add_claimed(ada)
    await ask(ada, "count 2", generation.conversation_id)
    await ask(ada, "count 3", generation.conversation_id)

    async def end() -> bool:
        async with database.writing() as db:
            await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status.COMPLETED, 0, "text"))
            return await advancing.advance(db, generation.conversation_id, Status.COMPLETED) is not None

    results = await asyncio.gather(end(), end(), return_exceptions=True)
    assert sorted(isinstance(result, Exception) for result in results) == [False, True]
    assert await waiting(ada, generation.conversation_id) == ["count 3"]
    async with database.reading() as db:
        asked = list(await db.exec(select(Message.text).where(col(Message.role) == Role.USER)))
    assert sorted(asked) == ["count 2", "count 5"]


async def test_a_message_follows_what_the_conversation_shows_when_it_goes(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    first = await ended(ada, posted.conversation_id)
    await generations.regenerate(ada, first.message_id, "")
    second = await ended(ada, posted.conversation_id)
    await ask(ada, "count 100 at 100", posted.conversation_id)
    await has_text(ada, posted.conversation_id)
    await ask(ada, "count 2", posted.conversation_id)
    await conversations.select_version(ada, first.message_id)
    await are_asked(ada, posted.conversation_id, "count 3", "count 2")
    async with database.reading() as db:
        found = await db.exec(select(Message.text, Message.parent_id).where(col(Message.role) == Role.USER))
        parents = {row[0]: row[1] for row in found}
    assert parents["count 2"] == first.message_id
    assert parents["count 100 at 100"] == second.message_id


async def test_an_end_without_a_queue_costs_one_statement_more(ada: Principal) -> None:
    generation, _ = await add_claimed(ada)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    async with database.writing() as db:
        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert await advancing.advance(db, generation.conversation_id, Status.COMPLETED) is None
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) == 1, statements
