"""A whole generation against a real model server: what is stored, logged and asked for."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from chatapp import clock
from chatapp.accounts.principal import Principal
from chatapp.conversations import queries as conversation_queries
from chatapp.conversations import service as conversations
from chatapp.db import database
from chatapp.errors import Invalid
from chatapp.generations import asking, dispatch
from chatapp.generations import service as generations
from chatapp.models import Generation, Status
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.events import START, Delta, End, generation_key
from chatapp.ui.state.rows import error_words
from chatapp.words import WORDS
from tests.clocks import clock_that_is_off
from tests.conftest import ScriptedModel
from tests.generations.conversing import add_queued, answer_of, ask, ended, has_text, model_key
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_an_answer_is_stored_whole_and_equals_what_the_model_sent(ada: Principal, model: ScriptedModel) -> None:
    posted = await ask(ada, "long 300 at 2000")
    answer = await ended(ada, posted.conversation_id)
    request = (await model.requests())[0]
    assert answer.status == Status.COMPLETED
    assert len(answer.text) == request["characters"]


async def test_the_log_holds_every_character_in_order_and_then_the_end(ada: Principal) -> None:
    posted = await ask(ada, "count 100 at 1000")
    answer = await ended(ada, posted.conversation_id)
    key = generation_key(posted.generation_id)
    await until(lambda: _has_end(key), what="End in the log")
    entries = await hub.current().log.read(key, START)
    assert "".join(e.event.text for e in entries if isinstance(e.event, Delta)) == answer.text
    assert isinstance(entries[-1].event, End)


async def _has_end(key: str) -> bool:
    entries = await hub.current().log.read(key, START)
    return bool(entries) and isinstance(entries[-1].event, End)


async def test_many_parts_share_an_entry_of_the_log(ada: Principal) -> None:
    posted = await ask(ada, "count 400 at 2000")
    await ended(ada, posted.conversation_id)
    entries = await hub.current().log.read(generation_key(posted.generation_id), START)
    assert len(entries) < 40


async def test_the_same_generation_dispatched_ten_times_asks_the_model_once(
    ada: Principal, model: ScriptedModel
) -> None:
    generation = await add_queued(ada)
    await asyncio.gather(*(dispatch.start(generation.id) for _ in range(10)))
    await ended(ada, generation.conversation_id)
    assert len(await model.requests()) == 1


async def test_a_claim_whose_connection_is_cut_is_made_again(ada: Principal) -> None:
    engine = database.engine().sync_engine
    was_cut: list[str] = []
    if engine.dialect.name != "postgresql":
        pytest.skip("about a database server")

    def cut_once(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE generation") and not was_cut:
            was_cut.append(statement)
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    event.listen(engine, "before_cursor_execute", cut_once)
    posted = await ask(ada, "count 5")
    assert (await ended(ada, posted.conversation_id)).status == Status.COMPLETED
    assert was_cut


@pytest.mark.parametrize("moment", ["UPDATE generation SET seq=", "DELETE FROM generation_piece"])
async def test_an_answer_survives_a_server_that_only_reads_for_a_moment(ada: Principal, moment: str) -> None:
    engine = database.engine().sync_engine
    refused: list[str] = []
    if engine.dialect.name != "postgresql":
        pytest.skip("about a database server")

    def refuse_once(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(moment) and not refused:
            refused.append(statement)
            cursor.execute("SET TRANSACTION READ ONLY")

    event.listen(engine, "before_cursor_execute", refuse_once)
    posted = await ask(ada, "count 5")
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.text, len(refused)) == (Status.COMPLETED, "1 2 3 4 5", 1)


async def test_a_repeated_send_stores_one_question_and_asks_once(ada: Principal, model: ScriptedModel) -> None:
    client_message_id, key = str(uuid.uuid4()), model_key()
    sends = [asking.post_message(ada, "", "count 3", client_message_id, key) for _ in range(5)]
    posted = await asyncio.gather(*sends)
    assert len({p.conversation_id for p in posted}) == 1
    await ended(ada, posted[0].conversation_id)
    assert len(await model.requests()) == 1


async def test_stop_keeps_the_text_and_closes_the_connection_to_the_model(ada: Principal, model: ScriptedModel) -> None:
    posted = await ask(ada, "count 2000 at 50")
    await has_text(ada, posted.conversation_id)
    await generations.stop(ada, posted.conversation_id)
    answer = await ended(ada, posted.conversation_id)
    assert answer.status == Status.STOPPED
    assert answer.text.split() == [str(n) for n in range(1, len(answer.text.split()) + 1)]
    await until(lambda: _closed_by_client(model), seconds=2, what="the closed connection")
    assert (await answer_of(ada, posted.conversation_id)).text == answer.text


async def _closed_by_client(model: ScriptedModel) -> bool:
    return [r["closed_by"] for r in await model.requests()] == ["client"]


async def test_stop_ends_an_answer_that_has_not_begun_yet(ada: Principal) -> None:
    posted = await ask(ada, "wait 60")
    await until(lambda: _runs(posted.generation_id), what="the claim")
    await generations.stop(ada, posted.conversation_id)
    answer = await ended(ada, posted.conversation_id, seconds=3)
    assert (answer.status, answer.text) == (Status.STOPPED, "")


async def _runs(generation_id: str) -> bool:
    async with database.reading() as db:
        generation = await db.get(Generation, generation_id)
    return generation is not None and generation.status == Status.RUNNING


async def test_continue_goes_on_from_the_stopped_text(ada: Principal) -> None:
    posted = await ask(ada, "count 60 at 100")
    await has_text(ada, posted.conversation_id)
    await generations.stop(ada, posted.conversation_id)
    stopped = await ended(ada, posted.conversation_id)
    await generations.continue_answer(ada, stopped.message_id)
    answer = await ended(ada, posted.conversation_id)
    assert answer.status == Status.COMPLETED
    assert answer.text.split() == [str(n) for n in range(1, 61)]
    assert answer.message_id == stopped.message_id


async def test_only_the_last_answer_goes_on(ada: Principal) -> None:
    posted = await ask(ada, "count 60 at 100")
    await has_text(ada, posted.conversation_id)
    await generations.stop(ada, posted.conversation_id)
    stopped = await ended(ada, posted.conversation_id)
    await ask(ada, "count 3", posted.conversation_id)
    await ended(ada, posted.conversation_id)
    with pytest.raises(Invalid, match="not_the_last_answer"):
        await generations.continue_answer(ada, stopped.message_id)


async def test_an_answer_is_in_order_after_the_clock_was_put_back(
    ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = await ask(ada, "count 120 at 100")
    for hours in (1, 2):
        await has_more_text(ada, posted.conversation_id)
        await generations.stop(ada, posted.conversation_id)
        stopped = await ended(ada, posted.conversation_id)
        monkeypatch.setattr(clock, "datetime", clock_that_is_off(timedelta(hours=-hours)))
        await generations.continue_answer(ada, stopped.message_id)
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.text.split()) == (Status.COMPLETED, [str(n) for n in range(1, 121)])


async def has_more_text(principal: Principal, conversation_id: str) -> None:
    """Wait until more of the last answer is checkpointed than there is now."""
    before = (await answer_of(principal, conversation_id)).text

    async def has_grown() -> bool:
        return len((await answer_of(principal, conversation_id)).text) > len(before)

    await until(has_grown, what="more text")


async def test_regenerate_adds_a_version_and_keeps_the_earlier_one(ada: Principal) -> None:
    posted = await ask(ada, "count 3")
    first = await ended(ada, posted.conversation_id)
    await generations.regenerate(ada, first.message_id, model_key())
    second = await ended(ada, posted.conversation_id)
    assert second.message_id != first.message_id
    await conversations.select_version(ada, first.message_id)
    assert (await answer_of(ada, posted.conversation_id)).message_id == first.message_id


async def test_an_empty_answer_is_a_failure_in_words_and_is_not_sent_back(ada: Principal, model: ScriptedModel) -> None:
    posted = await ask(ada, "fail empty")
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.error_code) == (Status.FAILED, "empty")
    await ask(ada, "count 3", posted.conversation_id)
    assert (await ended(ada, posted.conversation_id)).status == Status.COMPLETED


@pytest.mark.parametrize(
    ("fault", "code"),
    [("401", "unauthorized"), ("429", "rate_limited"), ("500", "unavailable"), ("nofinish", "incomplete")],
)
async def test_a_fault_of_the_model_ends_in_a_typed_error_in_words(ada: Principal, fault: str, code: str) -> None:
    posted = await ask(ada, f"fail {fault}")
    answer = await ended(ada, posted.conversation_id)
    assert (answer.status, answer.error_code) == (Status.FAILED, code)
    assert (answer.error_reason in WORDS, answer.error_message) == (True, "")
    assert error_words(answer).endswith(".")


async def test_a_title_by_the_model_replaces_the_plain_one(ada: Principal, process: Settings) -> None:
    posted = await ask(ada, "count 3")
    await ended(ada, posted.conversation_id)

    async def has_new_title() -> bool:
        return (await _title_source(posted.conversation_id)) == "model"

    await until(has_new_title, what="the title")


async def _title_source(conversation_id: str) -> str:
    async with database.reading() as db:
        found = await conversation_queries.find_conversation(db, conversation_id)
    assert found is not None
    return found.title_source
