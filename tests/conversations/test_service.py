"""Sending and naming: what a person's actions leave in the database."""

import uuid

import pytest

from chatapp import limits
from chatapp.accounts.principal import Principal
from chatapp.conversations import drafts
from chatapp.conversations import service as conversations
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.errors import Invalid, NotFound, TooMany
from chatapp.generations import asking
from chatapp.generations import service as generations
from chatapp.reading import history
from chatapp.settings import ACTIVE_LIMIT_MIN, Settings, use
from tests.generations.conversing import answer_of, ask, ended, model_key

pytestmark = pytest.mark.asyncio

ODD_TEXTS = {
    "emoji": "👩‍👩‍👧‍👦 and 🏳️‍🌈",
    "right to left": "مرحبا بالعالم \u200f(test)\u200e",
    "chinese": "请用中文回答",
    "control characters": "a\tb\x01c\x7fd\u200be",
    "combining": "Z̸̢͝a̵l̶g̷o̴",
    "line ends": "one\r\ntwo\nthree\rfour",
}


async def stored_question(principal: Principal, conversation_id: str) -> str:
    return (await history.get_history(principal, conversation_id)).entries[0].text


async def test_names_of_secrets_in_a_question_stay_names(ada: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
    names = "${OPENAI_API_KEY} $OPENAI_API_KEY %OPENAI_API_KEY% {settings.secret} {{secret}} ~/.env"
    posted = await ask(ada, f"repeat exactly: {names}")
    assert (await ended(ada, posted.conversation_id)).text == names
    assert await stored_question(ada, posted.conversation_id) == f"repeat exactly: {names}"


@pytest.mark.parametrize("kind", ODD_TEXTS)
async def test_odd_text_survives_a_round_trip(ada: Principal, kind: str) -> None:
    posted = await ask(ada, ODD_TEXTS[kind])
    assert await stored_question(ada, posted.conversation_id) == ODD_TEXTS[kind]
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)


async def test_what_no_database_can_hold_is_taken_out_and_the_rest_stays(ada: Principal) -> None:
    posted = await ask(ada, "a\0b \ud800 c")
    assert await stored_question(ada, posted.conversation_id) == "ab \N{REPLACEMENT CHARACTER} c"
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)


@pytest.mark.parametrize("text", ["", "   \n\t ", "\0"])
async def test_nothing_is_stored_for_nothing(ada: Principal, text: str) -> None:
    with pytest.raises(Invalid):
        await asking.post_message(ada, "", text, str(uuid.uuid4()), model_key())
    assert (await order.list_shelf(ada, Shelf.CHATS, 5)).conversations == ()


async def test_a_text_beyond_the_limit_is_refused_in_words(ada: Principal, process: Settings) -> None:
    with pytest.raises(Invalid, match="question_too_long"):
        await ask(ada, "x" * (process.message_max_characters + 1))


async def test_a_second_question_waits_for_the_first_answer(ada: Principal) -> None:
    posted = await ask(ada, "count 300 at 100")
    assert (await ask(ada, "impatient", posted.conversation_id)).is_queued
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)
    assert len((await history.get_history(ada, posted.conversation_id)).entries) == 2


async def test_sending_too_often_is_refused_and_says_when_to_try_again(ada: Principal, process: Settings) -> None:
    use(process.model_copy(update={"message_limit": "1/minute"}))
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    with pytest.raises(TooMany) as caught:
        await ask(ada, "again", posted.conversation_id)
    seconds = caught.value.parameters["retry_after_seconds"]
    assert isinstance(seconds, int)
    assert 0 < seconds <= 60


async def test_one_person_cannot_have_every_thread_of_the_workers(ada: Principal, process: Settings) -> None:
    use(process.model_copy(update={"message_limit": f"{ACTIVE_LIMIT_MIN}/minute"}))
    posted = [await ask(ada, "count 9 at 0.1") for _ in range(ACTIVE_LIMIT_MIN)]
    limits.reset()  # as after a minute
    with pytest.raises(TooMany, match="too_many_at_once"):
        await ask(ada, "one more")
    await generations.stop(ada, posted[0].conversation_id)
    await ended(ada, posted[0].conversation_id)
    await ask(ada, "one more")


async def test_a_question_that_comes_twice_is_stored_once_and_counted_once(ada: Principal, process: Settings) -> None:
    use(process.model_copy(update={"message_limit": "2/minute"}))
    first, second = "count 3", "and count 4"
    begun = await asking.post_message(ada, "", first, "frame 1", model_key())
    await ended(ada, begun.conversation_id)
    again = await asking.post_message(ada, "", first, "frame 1", model_key())
    await asking.post_message(ada, begun.conversation_id, second, "frame 2", model_key())
    await ended(ada, begun.conversation_id)
    repeated = await asking.post_message(ada, begun.conversation_id, second, "frame 2", model_key())
    assert {again.conversation_id, repeated.conversation_id} == {begun.conversation_id}
    texts = [entry.text for entry in (await history.get_history(ada, begun.conversation_id)).entries]
    assert texts[::2] == [first, second]


async def test_a_title_given_by_a_person_is_not_replaced(ada: Principal) -> None:
    posted = await ask(ada, "count 200 at 400")
    await conversations.rename(ada, posted.conversation_id, "  My \n own  title ")
    await ended(ada, posted.conversation_id)
    assert (await history.get_history(ada, posted.conversation_id)).title == "My own title"


@pytest.mark.parametrize("title", ["", "  "])
async def test_a_conversation_cannot_be_left_without_a_title(ada: Principal, title: str) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    with pytest.raises(Invalid):
        await conversations.rename(ada, posted.conversation_id, title)


async def test_a_draft_is_kept_for_each_conversation_until_it_is_sent(ada: Principal) -> None:
    await drafts.save_draft(ada, "", "new one")
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)
    await drafts.save_draft(ada, posted.conversation_id, "half a thought")
    assert await drafts.get_draft(ada, "") == ""
    assert await drafts.get_draft(ada, posted.conversation_id) == "half a thought"
    await ask(ada, "count 4", posted.conversation_id)
    assert await drafts.get_draft(ada, posted.conversation_id) == ""
    await ended(ada, posted.conversation_id)


async def test_versions_are_counted_and_picking_one_shows_its_branch(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    first = await ended(ada, posted.conversation_id)
    await ask(ada, "count 4", posted.conversation_id)
    await ended(ada, posted.conversation_id)
    await generations.regenerate(ada, first.message_id, model_key())
    await ended(ada, posted.conversation_id)
    found = await history.get_history(ada, posted.conversation_id)
    assert [len(entry.versions) for entry in found.entries] == [1, 2]
    await conversations.select_version(ada, first.message_id)
    found = await history.get_history(ada, posted.conversation_id)
    assert len(found.entries) == 4
    assert found.entries[1].id == first.message_id


async def test_a_question_is_not_found_where_an_answer_is_asked_for(ada: Principal) -> None:
    posted = await ask(ada, "count 1")
    answer = await ended(ada, posted.conversation_id)
    found = await history.get_history(ada, posted.conversation_id)
    assert (await history.get_answer(ada, answer.message_id)).text == "1"
    with pytest.raises(NotFound):
        await history.get_answer(ada, found.entries[0].id)


async def test_a_long_history_opens_at_its_newest_part(ada: Principal) -> None:
    posted = await ask(ada, "count 1")
    await ended(ada, posted.conversation_id)
    for number in range(2, 5):
        await ask(ada, f"count {number}", posted.conversation_id)
        await ended(ada, posted.conversation_id)
    newest = await history.get_history(ada, posted.conversation_id, limit=3)
    assert [e.text for e in newest.entries] == ["1 2 3", "count 4", "1 2 3 4"]
    assert newest.has_older
    older = await history.get_older(ada, newest.entries[0].id, limit=50)
    assert [e.text for e in older.entries] == ["count 1", "1", "count 2", "1 2", "count 3"]
    assert not older.has_older
    assert (await answer_of(ada, posted.conversation_id)).text == "1 2 3 4"


async def test_a_history_of_long_messages_opens_with_fewer_of_them(ada: Principal) -> None:
    posted = await ask(ada, "x" * 150_000)
    await ended(ada, posted.conversation_id)
    for text in ("y" * 150_000, "z" * 40_000):
        await ask(ada, text, posted.conversation_id)
        await ended(ada, posted.conversation_id)
    newest = await history.get_history(ada, posted.conversation_id)
    assert [entry.text[:1] for entry in newest.entries if entry.answer is None] == ["y", "z"]
    assert newest.has_older
    older = await history.get_older(ada, newest.entries[0].id)
    assert [entry.text[:1] for entry in older.entries if entry.answer is None] == ["x"]
    assert not older.has_older


async def test_a_question_and_its_answer_open_however_long_they_are(ada: Principal) -> None:
    posted = await ask(ada, "x" * 200_000)
    await ended(ada, posted.conversation_id)
    await ask(ada, "y" * 200_000, posted.conversation_id)
    await ended(ada, posted.conversation_id)
    newest = await history.get_history(ada, posted.conversation_id)
    assert [entry.text[:1] for entry in newest.entries if entry.answer is None] == ["y"]
    assert newest.has_older
