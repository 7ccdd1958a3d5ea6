"""Pins, archive, trash and what is unread: each move, what it leaves alone, and its way back."""

import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.db import database
from chatapp.errors import NotFound
from chatapp.generations import lifecycle, reaper
from chatapp.generations import service as generations
from chatapp.models import Conversation, Generation, GenerationPiece, Message, Status
from chatapp.reading import history
from chatapp.settings import Settings
from chatapp.streaming.events import Delta
from tests.generations.conversing import add_claimed, ask, ended

pytestmark = pytest.mark.asyncio

Move = Callable[[Principal, Sequence[str]], Awaitable[tuple[str, ...]]]

MOVES: dict[str, tuple[Move, Move]] = {
    "pin": (
        lambda who, ids: order.set_pinned(who, ids, is_pinned=True),
        lambda who, ids: order.set_pinned(who, ids, is_pinned=False),
    ),
    "archive": (
        lambda who, ids: order.set_archived(who, ids, is_archived=True),
        lambda who, ids: order.set_archived(who, ids, is_archived=False),
    ),
    "delete": (generations.delete_conversations, order.restore),
}
"""Each with its way back: an undo is that, and so is what a person does by hand."""

STEPS = 40


async def conversations(principal: Principal, count: int) -> list[str]:
    """Ids of so many empty conversations, each a day older than the one before."""
    made = [
        Conversation(
            owner_id=principal.user_id,
            title=f"{number}",
            first_client_message_id=str(uuid.uuid4()),
            updated_at=now() - timedelta(days=number),
        )
        for number in range(count)
    ]
    ids = [one.id for one in made]
    async with database.writing() as db:
        db.add_all(made)
    return ids


async def stored() -> list[tuple[object, ...]]:
    """All conversations, column for column."""
    async with database.reading() as db:
        return [
            tuple(row.model_dump().values()) for row in await db.exec(select(Conversation).order_by(Conversation.id))
        ]


async def titles(principal: Principal, shelf: Shelf = Shelf.CHATS) -> list[str]:
    return [one.title for one in (await order.list_shelf(principal, shelf, 50)).conversations]


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_moved_is_back_where_it_was_once_that_is_undone(ada: Principal, seed: int) -> None:
    ids, rng = await conversations(ada, 6), random.Random(seed)
    undone = 0
    for _ in range(STEPS):
        move, back = MOVES[rng.choice(sorted(MOVES))]
        chosen, before = rng.sample(ids, rng.randint(1, len(ids))), await stored()
        is_undone = rng.random() < 0.5
        try:
            moved = await (move if is_undone or rng.random() < 0.5 else back)(ada, chosen)
        except NotFound:  # none of them was where the move takes from
            assert await stored() == before
            continue
        assert set(moved) <= set(chosen)
        if moved and is_undone:
            await back(ada, moved)
            assert await stored() == before
            undone += 1
    assert undone > STEPS // 10


async def test_pinned_conversations_come_first_and_the_others_by_their_age(ada: Principal) -> None:
    ids = await conversations(ada, 4)
    await order.set_pinned(ada, [ids[3], ids[1]], is_pinned=True)
    assert await titles(ada) == ["1", "3", "0", "2"]
    assert [one.is_pinned for one in (await order.list_shelf(ada, Shelf.CHATS, 3)).conversations] == [True, True, False]
    assert (await order.list_shelf(ada, Shelf.CHATS, 3)).has_more
    await order.set_pinned(ada, [ids[1]], is_pinned=False)
    assert await titles(ada) == ["3", "0", "1", "2"]


async def test_each_conversation_is_listed_in_one_place(ada: Principal) -> None:
    ids = await conversations(ada, 3)
    await order.set_pinned(ada, ids, is_pinned=True)
    await order.set_archived(ada, ids[:2], is_archived=True)
    await generations.delete_conversations(ada, ids[1:2])
    assert [await titles(ada, shelf) for shelf in Shelf] == [["2"], ["0"], ["1"]]
    assert not (await order.list_shelf(ada, Shelf.ARCHIVE, 5)).conversations[0].is_pinned
    await order.restore(ada, ids[1:2])
    assert await titles(ada, Shelf.ARCHIVE) == ["0", "1"]


async def test_an_archived_conversation_opens_and_stays_archived_when_it_goes_on(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    await order.set_archived(ada, [posted.conversation_id], is_archived=True)
    await ask(ada, "count 4", posted.conversation_id)
    await ended(ada, posted.conversation_id)
    assert len((await history.get_history(ada, posted.conversation_id)).entries) == 4
    assert (len(await titles(ada)), len(await titles(ada, Shelf.ARCHIVE))) == (0, 1)


async def test_what_is_deleted_can_be_neither_pinned_nor_archived_nor_deleted_again(ada: Principal) -> None:
    ids = await conversations(ada, 2)
    await generations.delete_conversations(ada, ids[:1])
    for move, _ in MOVES.values():
        with pytest.raises(NotFound):
            await move(ada, ids[:1])
    assert await generations.delete_conversations(ada, ids) == (ids[1],)


async def test_the_trash_keeps_a_conversation_for_its_days_and_no_longer(ada: Principal, process: Settings) -> None:
    assert process.trash_seconds == 30 * 86_400
    assert Settings(_env_file=None, trash_days=0).trash_seconds == process.undo_seconds
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    await generations.delete_conversations(ada, [posted.conversation_id])
    await reaper.purge_trash(3600)
    await order.restore(ada, [posted.conversation_id])
    await generations.delete_conversations(ada, [posted.conversation_id])
    await reaper.purge_trash(-1)
    with pytest.raises(NotFound):
        await order.restore(ada, [posted.conversation_id])


async def test_only_what_is_in_the_trash_is_deleted_for_good(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    with pytest.raises(NotFound):
        await order.delete_for_good(ada, [posted.conversation_id])
    await generations.delete_conversations(ada, [posted.conversation_id])
    await order.delete_for_good(ada, [posted.conversation_id])
    async with database.reading() as db:
        for table in (Conversation, Message, Generation, GenerationPiece):
            assert (await db.exec(select(table))).all() == []


async def test_deleting_several_stops_what_runs_in_them(ada: Principal) -> None:
    running = [(await ask(ada, "count 2000 at 50")).conversation_id for _ in range(2)]
    await generations.delete_conversations(ada, running)
    await order.restore(ada, running)
    assert {(await ended(ada, one)).status for one in running} == {Status.STOPPED}


async def test_an_answer_is_unread_from_its_end_until_a_page_has_shown_it(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    assert (await order.list_shelf(ada, Shelf.CHATS, 5)).unread_ids == (posted.conversation_id,)
    assert (await history.get_history(ada, posted.conversation_id)).is_unread
    for _ in range(2):
        await order.mark_seen(ada, posted.conversation_id)
        assert (await order.list_shelf(ada, Shelf.CHATS, 5)).unread_ids == ()
    assert not (await history.get_history(ada, posted.conversation_id)).is_unread


async def test_an_answer_that_was_stopped_is_no_news_but_one_that_was_lost_is(ada: Principal) -> None:
    stopped = await ask(ada, "count 2000 at 50")
    await generations.stop(ada, stopped.conversation_id)
    await ended(ada, stopped.conversation_id)
    lost, claim = await add_claimed(ada)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 1, Delta("as far as it came"))
    await reaper.take_over()
    assert (await order.list_shelf(ada, Shelf.CHATS, 5)).unread_ids == (lost.conversation_id,)


@pytest.mark.parametrize("move", [move for pair in MOVES.values() for move in pair])
async def test_one_foreign_conversation_among_ones_own_moves_none(ada: Principal, eve: Principal, move: Move) -> None:
    hers, own = await conversations(ada, 2), await conversations(eve, 2)
    await generations.delete_conversations(ada, hers[1:])
    await generations.delete_conversations(eve, own[1:])
    before = await stored()
    for one in (*hers, "unknown"):
        with pytest.raises(NotFound):
            await move(eve, [*own, one])
        with pytest.raises(NotFound):
            await order.delete_for_good(eve, [*own, one])
    assert await stored() == before
