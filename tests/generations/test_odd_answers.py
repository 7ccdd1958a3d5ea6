"""Answers of odd kinds through the whole of a generation: what is stored, shown, offered and sent back to the model."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch
from chatapp.db import database
from chatapp.generations import lifecycle, reaper
from chatapp.generations import service as generations
from chatapp.generations.queries import Answer
from chatapp.generations.service import can_continue
from chatapp.models import Status
from chatapp.process import running
from chatapp.providers.base import Source
from chatapp.reading.follower import Follower
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.events import Delta, Entry, Position, generation_key
from chatapp.ui.state.rows import error_words
from tests.conftest import add_person
from tests.generations.conversing import add_claimed, answer_of, ask, ended
from tests.providers.odd_streams import DONE, STOP, chunk, stream, text
from tests.providers.scripted_server import PAUSE, ScriptedServer
from tests.waiting import until

pytestmark = pytest.mark.asyncio

THOUGHT = "Let me see. Twelve by twelve."


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    made = ScriptedServer()
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def ada(placed: Settings, server: ScriptedServer) -> AsyncIterator[Principal]:
    """A person whose model is on `server`."""
    endpoint = {"name": f"Box {uuid.uuid4()}", "base_url": server.base_url, "models": ["demo"]}
    endpoints = Settings(_env_file=None, endpoints=[endpoint]).endpoints
    made = placed.model_copy(update={"endpoints": endpoints, "auto_title": False, "reaper_seconds": 3600})
    async with running(made):
        yield await add_person("ada")


async def answered(principal: Principal, server: ScriptedServer, *payloads: bytes) -> tuple[str, Answer]:
    """The conversation and the answer that these events make."""
    server.will_send_in_chunks(stream(*payloads))
    posted = await ask(principal, "x")
    return posted.conversation_id, await ended(principal, posted.conversation_id)


class Page:
    """What a page shows that follows a conversation."""

    def __init__(self, principal: Principal, conversation_id: str) -> None:
        self._follower = Follower(hub.current(), principal.user_id, conversation_id)
        self.text = self.reasoning = ""

    async def follow(self) -> None:
        async for batch in self._follower.batches():
            if batch.snapshot:
                self.text, self.reasoning = batch.snapshot.text, batch.snapshot.reasoning
            self.text += batch.text
            self.reasoning += batch.reasoning

    async def shows(self, text: str) -> bool:
        return self.text == text


@pytest.mark.parametrize("reason", ["error", "abort", "insufficient_system_resource", "repetition"])
async def test_a_server_that_gave_up_has_failed_and_the_text_can_be_continued(
    ada: Principal, server: ScriptedServer, reason: str
) -> None:
    _, answer = await answered(ada, server, *text("It starts ", "well, "), chunk(finish=reason), DONE)
    assert (answer.status, answer.text) == (Status.FAILED, "It starts well, ")
    assert reason in error_words(answer)
    assert can_continue(answer)


@pytest.mark.parametrize("reason", ["content_filter", "sensitive"])
async def test_any_other_reason_completes_the_answer_and_is_kept(
    ada: Principal, server: ScriptedServer, reason: str
) -> None:
    _, answer = await answered(ada, server, *text("This begins and then "), chunk(finish=reason), DONE)
    assert (answer.status, answer.text, answer.finish_reason) == (Status.COMPLETED, "This begins and then ", reason)


@pytest.mark.parametrize(
    "pieces",
    [("<th", f"ink>\n{THOUGHT}\n</thi", "nk>\n\nIt is", " 144."), (THOUGHT, "\n</think>\n\n", "It is 144.")],
    ids=["both tags", "only the closing tag"],
)
async def test_thinking_in_tags_is_reasoning_and_does_not_go_back_to_the_model(
    ada: Principal, server: ScriptedServer, pieces: tuple[str, ...]
) -> None:
    conversation_id, answer = await answered(ada, server, *text(*pieces), STOP, DONE)
    assert (answer.status, answer.reasoning, answer.text) == (Status.COMPLETED, f"{THOUGHT}\n", "It is 144.")
    await ask(ada, "And then?", conversation_id)
    await ended(ada, conversation_id)
    sent = [message["content"] for message in server.requests[-1].fields["messages"]]
    assert sent[-2:] == ["It is 144.", "And then?"]


async def test_a_page_sees_what_was_thinking_move_there_while_the_answer_goes_on(
    ada: Principal, server: ScriptedServer
) -> None:
    before, after = text("Let me see. ", "Twelve by twelve."), text("\n</think>\n\n", "It is ")
    server.will_send_in_chunks(stream(*before), PAUSE, stream(*after), PAUSE)
    posted = await ask(ada, "x")
    page = Page(ada, posted.conversation_id)
    following = asyncio.create_task(page.follow())
    await until(lambda: page.shows(THOUGHT), what="the thinking, taken for text")
    await until(lambda: _is_stored(ada, posted.conversation_id, THOUGHT), what="a checkpoint of it")
    server.goes_on.set()
    await until(lambda: page.shows("It is "), what="the answer alone")
    following.cancel()
    server.goes_on.set()
    answer = await ended(ada, posted.conversation_id)
    assert (page.reasoning, answer.reasoning, answer.text) == (f"{THOUGHT}\n", f"{THOUGHT}\n", "It is ")


async def _is_stored(principal: Principal, conversation_id: str, text: str) -> bool:
    return (await answer_of(principal, conversation_id)).text == text


async def test_what_only_the_log_knew_to_be_thinking_is_so_after_a_crash(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    key = generation_key(generation.id)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 1, Delta("Let me see. "))
    rest = [Delta("Twelve by twelve."), Delta("It", turns_text=True), Delta(" is 144.")]
    await hub.current().log.append(key, [Entry(Position(1, seq), delta) for seq, delta in enumerate(rest, start=2)])
    async with database.writing() as db:
        await lifecycle.expire_leases(db)
    await reaper.sweep(JumpWatch())
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.status, answer.reasoning, answer.text) == (Status.INTERRUPTED, THOUGHT, "It is 144.")


async def test_a_checkpoint_that_is_stored_twice_moves_the_thinking_once(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    async with database.writing() as db:
        await lifecycle.checkpoint(db, claim, 1, Delta(THOUGHT))
    for _ in range(2):
        async with database.writing() as db:
            await lifecycle.turn_text(db, claim, 2)
            await lifecycle.checkpoint(db, claim, 2, Delta("It is 144."))
    answer = await answer_of(ada, generation.conversation_id)
    assert (answer.reasoning, answer.text) == (THOUGHT, "It is 144.")


async def test_sources_are_kept_and_stay_when_the_answer_is_continued(ada: Principal, server: ScriptedServer) -> None:
    first, second = "https://a.example/", "https://b.example/"
    beginning = chunk({"content": "One [1]"}, finish="length", citations=[first])
    conversation_id, answer = await answered(ada, server, beginning, DONE)
    assert answer.sources == (Source(first),)
    server.responses.clear()
    server.will_send_in_chunks(stream(chunk({"content": " two [2]"}, citations=[first, second]), STOP, DONE))
    await generations.continue_answer(ada, answer.message_id)
    continued = await ended(ada, conversation_id)
    assert (continued.text, continued.sources) == ("One [1] two [2]", (Source(first), Source(second)))
    assert first not in str(server.requests[-1].fields)


async def test_sources_of_an_answer_that_broke_off_are_kept(ada: Principal, server: ScriptedServer) -> None:
    _, answer = await answered(ada, server, chunk({"content": "One [1]"}, citations=["https://a.example/"]))
    assert (answer.status, answer.sources) == (Status.FAILED, (Source("https://a.example/"),))
