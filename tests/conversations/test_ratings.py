"""A reader's thumbs, and why."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.conversations import ratings
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.conversations.ratings import BAD, GOOD
from chatapp.errors import Invalid, NotFound
from chatapp.reading import history
from chatapp.reading.history import Entry
from chatapp.reading.ratings import list_rated
from tests.generations.conversing import ask, ended


async def exchange(principal: Principal, question: str = "count 3") -> tuple[Entry, Entry]:
    """A question and its whole answer."""
    posted = await ask(principal, question)
    await ended(principal, posted.conversation_id)
    asked, answered = (await history.get_history(principal, posted.conversation_id)).entries
    return asked, answered


async def rating_of(principal: Principal, answer: Entry) -> int:
    """As a page that opens has it."""
    [conversation] = (await order.list_shelf(principal, Shelf.CHATS, 1)).conversations
    found = await history.get_history(principal, conversation.id)
    return next(entry.message.rating for entry in found.entries if entry.id == answer.id)


async def test_an_answer_is_rated_changed_and_taken_back(ada: Principal) -> None:
    _, answer = await exchange(ada)
    await ratings.rate(ada, answer.id, GOOD)
    assert await rating_of(ada, answer) == GOOD
    await ratings.rate(ada, answer.id, BAD)
    assert await rating_of(ada, answer) == BAD
    await ratings.set_note(ada, answer.id, " too short\0 ")
    assert await ratings.get_note(ada, answer.id) == "too short"
    await ratings.rate(ada, answer.id, 0)
    assert (await rating_of(ada, answer), await ratings.get_note(ada, answer.id)) == (0, "")


async def test_a_note_is_about_a_rating_and_a_rating_about_an_answer(ada: Principal) -> None:
    asked, answer = await exchange(ada)
    with pytest.raises(Invalid):
        await ratings.set_note(ada, answer.id, "why")
    with pytest.raises(Invalid):
        await ratings.rate(ada, asked.id, 1)


async def test_nobody_rates_another_persons_answers(ada: Principal, eve: Principal) -> None:
    _, answer = await exchange(ada)
    await ratings.rate(ada, answer.id, 1)
    with pytest.raises(NotFound):
        await ratings.rate(eve, answer.id, -1)
    with pytest.raises(NotFound):
        await ratings.set_note(eve, answer.id, "mine")
    with pytest.raises(NotFound):
        await ratings.get_note(eve, answer.id)
    assert await rating_of(ada, answer) == 1


async def test_who_runs_chatapp_reads_every_rating_with_its_exchange(ada: Principal, eve: Principal) -> None:
    for person, note in ((ada, "ä\nb"), (eve, "")):
        _, answer = await exchange(person, "repeat exactly: hi")
        await ratings.rate(person, answer.id, -1)
        await ratings.set_note(person, answer.id, note)
    found = [one async for one in list_rated()]
    assert [(one.username, one.rating, one.note, one.answer) for one in found] == [
        (ada.username, -1, "ä\nb", "hi"),
        (eve.username, -1, "", "hi"),
    ]
    assert {one.question for one in found} == {"repeat exactly: hi"}
