"""What people do with the messages that wait: change, move, remove them, bring them back, delete all."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select

from chatapp.accounts.principal import Principal
from chatapp.conversations.order import service as order
from chatapp.db import database
from chatapp.errors import NotFound, TooMany
from chatapp.generations import asking, lifecycle, reaper
from chatapp.generations import service as generations
from chatapp.generations.asking import MAX_QUEUED, Posted
from chatapp.generations.lifecycle import Outcome
from chatapp.generations.message_queue import advancing
from chatapp.generations.message_queue import service as message_queue
from chatapp.models import Generation, QueuedMessage, Status
from tests.conftest import ScriptedModel
from tests.generations.conversing import add_claimed, ask, model_key
from tests.generations.queueing import (
    LONG,
    are_asked,
    asked_of,
    begun,
    ids,
    is_paused,
    questions,
    seen,
    stopped,
    waiting,
)
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_what_was_removed_is_not_queued_again_by_the_same_send(ada: Principal) -> None:
    conversation_id, name = await begun(ada), str(uuid.uuid4())
    posted = await asking.post_message(ada, conversation_id, "count 2", name, model_key())
    await message_queue.remove(ada, conversation_id, posted.message_id)
    again = await asking.post_message(ada, conversation_id, "count 2", name, model_key())
    assert again == Posted(conversation_id, posted.message_id, is_new=False)
    assert await waiting(ada, conversation_id) == []
    await generations.stop(ada, conversation_id)


async def test_a_message_whose_text_is_being_changed_waits_and_goes_with_its_new_text(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2", "count 3", question="count 100 at 100")
    first, _ = await ids(ada, conversation_id)
    await message_queue.begin_edit(ada, conversation_id, first)
    await message_queue.keep_edit(ada, conversation_id, first, "count 20")
    await is_paused(ada, conversation_id)
    assert [one.edited_text for one in (await seen(ada, conversation_id)).queued] == ["count 20", None]
    assert await waiting(ada, conversation_id) == ["count 2", "count 3"]
    await message_queue.save(ada, conversation_id, first, "count 4")
    await message_queue.keep_edit(ada, conversation_id, first, "count 2")  # its page was slow
    await are_asked(ada, conversation_id, "count 100 at 100", "count 4", "count 3")


@pytest.mark.parametrize("let_go", ["cancel_edit", "remove", "move"])
async def test_what_a_message_being_changed_held_back_goes_on_without_it(ada: Principal, let_go: str) -> None:
    conversation_id = await begun(ada, "count 2", "count 3", question="count 100 at 100")
    first, _ = await ids(ada, conversation_id)
    await message_queue.begin_edit(ada, conversation_id, first)
    await is_paused(ada, conversation_id)
    ways: dict[str, tuple[Callable[[], Awaitable[None]], list[str]]] = {
        "cancel_edit": (lambda: message_queue.cancel_edit(ada, conversation_id, first), ["count 2", "count 3"]),
        "remove": (lambda: message_queue.remove(ada, conversation_id, first), ["count 3"]),
        "move": (lambda: message_queue.move(ada, conversation_id, first, 1), ["count 3"]),
    }
    change, expected = ways[let_go]
    await change()
    await are_asked(ada, conversation_id, "count 100 at 100", *expected)


async def test_going_on_sends_what_is_being_changed_as_it_was_typed(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2")
    (only,) = await ids(ada, conversation_id)
    await message_queue.begin_edit(ada, conversation_id, only)
    await message_queue.keep_edit(ada, conversation_id, only, "count 4")
    await stopped(ada, conversation_id)
    await message_queue.go_on(ada, conversation_id)
    await are_asked(ada, conversation_id, LONG, "count 4")


@pytest.mark.parametrize(
    ("moved", "place", "expected"),
    [(0, 1, "bacd"), (3, 0, "dabc"), (1, 3, "acdb"), (2, 2, "abcd"), (0, -1, "abcd"), (1, 99, "acdb")],
)
async def test_a_message_moves_to_its_place(ada: Principal, moved: int, place: int, expected: str) -> None:
    conversation_id = await begun(ada, *"abcd")
    await message_queue.move(ada, conversation_id, (await ids(ada, conversation_id))[moved], place)
    assert await waiting(ada, conversation_id) == list(expected)
    await generations.stop(ada, conversation_id)


async def test_what_was_removed_comes_back_where_it_was_also_when_others_have_moved(ada: Principal) -> None:
    conversation_id = await begun(ada, *"abcd")
    _a, b, _, d = await ids(ada, conversation_id)
    await message_queue.remove(ada, conversation_id, b)
    assert await waiting(ada, conversation_id) == ["a", "c", "d"]
    await message_queue.move(ada, conversation_id, d, 0)
    await message_queue.undo_remove(ada, conversation_id, b)
    assert await waiting(ada, conversation_id) == ["d", "a", "b", "c"]
    with pytest.raises(NotFound):
        await message_queue.move(ada, conversation_id, "unknown", 0)
    await generations.stop(ada, conversation_id)


async def test_what_was_removed_goes_for_good_when_the_time_for_undo_is_over(ada: Principal) -> None:
    conversation_id = await begun(ada, "a", "b")
    first, second = await ids(ada, conversation_id)
    await message_queue.remove(ada, conversation_id, first)
    await reaper.purge_removed(undo_seconds=100)
    await message_queue.undo_remove(ada, conversation_id, first)
    await message_queue.remove(ada, conversation_id, first)
    await reaper.purge_removed(undo_seconds=-1)
    with pytest.raises(NotFound):
        await message_queue.undo_remove(ada, conversation_id, first)
    assert await ids(ada, conversation_id) == [second]
    await generations.stop(ada, conversation_id)


async def test_a_queue_takes_so_many_messages_and_says_when_it_is_full(ada: Principal) -> None:
    conversation_id = await begun(ada, *(f"message {number}" for number in range(MAX_QUEUED)))
    with pytest.raises(TooMany) as refused:
        await ask(ada, "one too many", conversation_id)
    assert (refused.value.reason, refused.value.parameters) == ("queue_full", {"limit": MAX_QUEUED})
    assert len(await waiting(ada, conversation_id)) == MAX_QUEUED
    await generations.stop(ada, conversation_id)


async def test_a_deleted_conversation_takes_its_queue_along_and_brings_it_back_paused(
    ada: Principal, model: ScriptedModel
) -> None:
    conversation_id = await begun(ada, "count 2", "count 3")
    await generations.delete_conversations(ada, [conversation_id])
    await order.restore(ada, [conversation_id])
    await is_paused(ada, conversation_id)
    assert await waiting(ada, conversation_id) == ["count 2", "count 3"]
    assert set(await asked_of(model)) <= {LONG}


async def test_an_answer_that_completes_in_a_deleted_conversation_sends_nothing(ada: Principal) -> None:
    generation, held = await add_claimed(ada)
    await ask(ada, "count 2", generation.conversation_id)
    await generations.delete_conversations(ada, [generation.conversation_id])
    async with database.writing() as db:
        await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status.COMPLETED, 0, "text"))
        assert await advancing.advance(db, generation.conversation_id, Status.COMPLETED) is None


async def test_what_goes_for_good_leaves_no_queue(ada: Principal) -> None:
    conversation_id = await begun(ada, "count 2")
    await generations.delete_conversations(ada, [conversation_id])
    await reaper.purge_trash(-1)
    async with database.reading() as db:
        assert list(await db.exec(select(QueuedMessage.id))) == []


async def test_each_conversation_has_one_active_answer_whatever_people_do_at_once(
    ada: Principal, model: ScriptedModel
) -> None:
    conversation_id = await begun(ada, "count 2", "count 3", "count 4")
    await stopped(ada, conversation_id)
    first, second, third = await ids(ada, conversation_id)
    results = await asyncio.gather(
        message_queue.go_on(ada, conversation_id),
        message_queue.go_on(ada, conversation_id),
        message_queue.send_now(ada, conversation_id, third),
        message_queue.move(ada, conversation_id, second, 0),
        message_queue.remove(ada, conversation_id, first),
        ask(ada, "count 6", conversation_id),
        return_exceptions=True,
    )
    assert {type(result) for result in results if isinstance(result, Exception)} <= {NotFound}

    async def is_over() -> bool:
        found = await seen(ada, conversation_id)
        last = found.entries[-1].answer
        return not found.queued and last is not None and not last.is_active

    async def goes_on() -> bool:
        if (await seen(ada, conversation_id)).is_paused:
            await message_queue.go_on(ada, conversation_id)
        return await is_over()

    await until(goes_on, seconds=20, what="the end of the queue")
    asked = await asked_of(model)
    assert len(asked) == len(set(asked))
    async with database.reading() as db:
        made = len(list(await db.exec(select(Generation.id))))
    assert made == len(await questions(ada, conversation_id))
