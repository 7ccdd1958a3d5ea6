"""Nobody reaches what is somebody else's: every service is tried with the other person's ids, and nothing changes."""

import uuid
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from chatapp.accounts.principal import Principal
from chatapp.conversations import drafts
from chatapp.conversations import service as conversations
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.db import database
from chatapp.errors import NotFound
from chatapp.generations import asking
from chatapp.generations import queries as generation_queries
from chatapp.generations import service as generations
from chatapp.generations.message_queue import service as message_queue
from chatapp.models import Status
from chatapp.reading import history
from chatapp.reading.follower import Follower
from chatapp.streaming import hub
from chatapp.words import words_of
from tests.generations.conversing import answer_of, ask, ended, has_text

pytestmark = pytest.mark.asyncio

Attempt = Callable[[Principal, str, str], Awaitable[object]]

ATTEMPTS: dict[str, Attempt] = {
    "post": lambda who, c, m: asking.post_message(who, c, "mine now", str(uuid.uuid4()), "x/demo"),
    "rename": lambda who, c, m: conversations.rename(who, c, "mine now"),
    "set_model": lambda who, c, m: conversations.set_model(who, c, "x/other"),
    "pin": lambda who, c, m: order.set_pinned(who, [c], is_pinned=True),
    "archive": lambda who, c, m: order.set_archived(who, [c], is_archived=True),
    "delete": lambda who, c, m: generations.delete_conversations(who, [c]),
    "restore": lambda who, c, m: order.restore(who, [c]),
    "delete_for_good": lambda who, c, m: order.delete_for_good(who, [c]),
    "mark_seen": lambda who, c, m: order.mark_seen(who, c),
    "save_draft": lambda who, c, m: drafts.save_draft(who, c, "mine now"),
    "select_version": lambda who, c, m: conversations.select_version(who, m),
    "history": lambda who, c, m: history.get_history(who, c),
    "older": lambda who, c, m: history.get_older(who, m),
    "answer": lambda who, c, m: history.get_answer(who, m),
    "stop": lambda who, c, m: generations.stop(who, c),
    "begin_edit": message_queue.begin_edit,
    "keep_edit": lambda who, c, m: message_queue.keep_edit(who, c, m, "mine now"),
    "save": lambda who, c, m: message_queue.save(who, c, m, "mine now"),
    "cancel_edit": message_queue.cancel_edit,
    "move": lambda who, c, m: message_queue.move(who, c, m, 0),
    "remove": message_queue.remove,
    "undo_remove": message_queue.undo_remove,
    "send_now": message_queue.send_now,
    "go_on": lambda who, c, m: message_queue.go_on(who, c),
    "regenerate": lambda who, c, m: generations.regenerate(who, m, "x/demo"),
    "continue": lambda who, c, m: generations.continue_answer(who, m),
}

TABLES = ("conversation", "message", "generation", "draft", "queued_message")


async def row_of(queued_id: str) -> object:
    async with database.reading() as db:
        return (await db.execute(text("SELECT * FROM queued_message WHERE id = :id"), {"id": queued_id})).one()


async def rows() -> list[list[object]]:
    async with database.reading() as db:
        return [list(await db.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))) for table in TABLES]


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_a_foreign_id_is_not_found_and_changes_nothing(ada: Principal, eve: Principal, attempt: str) -> None:
    posted = await ask(ada, "count 3")
    answer = await ended(ada, posted.conversation_id)
    await conversations.rename(ada, posted.conversation_id, "Private")
    before = await rows()
    with pytest.raises(NotFound):
        await ATTEMPTS[attempt](eve, posted.conversation_id, answer.message_id)
    assert await rows() == before


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_an_unknown_id_gives_the_same_words_as_a_foreign_one(
    ada: Principal, eve: Principal, attempt: str
) -> None:
    posted = await ask(ada, "count 3")
    answer = await ended(ada, posted.conversation_id)
    words = []
    for conversation_id, message_id in ((posted.conversation_id, answer.message_id), ("unknown", "unknown")):
        with pytest.raises(NotFound) as caught:
            await ATTEMPTS[attempt](eve, conversation_id, message_id)
        words.append(words_of(caught.value))
    assert words[0] == words[1]


async def test_a_follower_of_a_foreign_conversation_gets_nothing(ada: Principal, eve: Principal) -> None:
    posted = await ask(ada, "count 500 at 200")
    await has_text(ada, posted.conversation_id)
    batches = Follower(hub.current(), eve.user_id, posted.conversation_id).batches()
    first = await anext(batches)
    assert first.snapshot is None
    again = await anext(batches)
    assert (again.text, again.snapshot) == ("", None)
    await batches.aclose()
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)


@pytest.mark.parametrize("attempt", [name for name in ATTEMPTS if name.endswith(("edit", "save", "move", "now"))])
async def test_a_message_that_waits_is_its_owners_even_where_the_conversation_is_ones_own(
    ada: Principal, eve: Principal, attempt: str
) -> None:
    posted, own = await ask(ada, "count 900 at 100"), await ask(eve, "count 900 at 100")
    waiting = await ask(ada, "private", posted.conversation_id)
    await ask(eve, "mine", own.conversation_id)
    assert waiting.is_queued
    before = await row_of(waiting.message_id)
    if attempt == "keep_edit":  # what comes too late is nothing that went wrong
        await ATTEMPTS[attempt](eve, own.conversation_id, waiting.message_id)
    else:
        with pytest.raises(NotFound):
            await ATTEMPTS[attempt](eve, own.conversation_id, waiting.message_id)
    assert await row_of(waiting.message_id) == before
    for who, conversation_id in ((ada, posted.conversation_id), (eve, own.conversation_id)):
        await generations.stop(who, conversation_id)
        await ended(who, conversation_id)


async def test_a_stranger_cannot_stop_a_running_answer(ada: Principal, eve: Principal) -> None:
    posted = await ask(ada, "count 60 at 200")
    with pytest.raises(NotFound):
        await generations.stop(eve, posted.conversation_id)
    assert (await ended(ada, posted.conversation_id)).status == Status.COMPLETED


async def test_lists_hold_only_what_is_ones_own(ada: Principal, eve: Principal) -> None:
    posted = await ask(ada, "count 400 at 100")
    assert [(await order.list_shelf(eve, shelf, 10)).conversations for shelf in Shelf] == [(), (), ()]
    async with database.reading() as db:
        assert await generation_queries.list_running_conversations(db, eve.user_id) == []
        assert await generation_queries.list_running_conversations(db, ada.user_id) == [posted.conversation_id]
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)


async def test_a_deleted_conversation_is_not_found_by_its_owner_either(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    await generations.delete_conversations(ada, [posted.conversation_id])
    with pytest.raises(NotFound):
        await history.get_history(ada, posted.conversation_id)
    await order.restore(ada, [posted.conversation_id])
    assert (await answer_of(ada, posted.conversation_id)).text
