"""Titles by the model make nobody wait, and a model that cannot make one is not asked again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries
from chatapp.db import database
from chatapp.models import Status
from chatapp.process import running
from chatapp.providers import openai_provider
from chatapp.settings import Settings
from chatapp.titles import job as title_job
from chatapp.titles import request as title_request
from tests.conftest import add_person
from tests.generations.conversing import add_queued, ask, ended
from tests.providers.refusals import REFUSES_SYSTEM, of_openai
from tests.providers.scripted_server import whole
from tests.titles.title_server import TitleServer, says
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def server() -> AsyncIterator[TitleServer]:
    made = TitleServer()
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def titled(placed: Settings, server: TitleServer) -> Settings:
    """Settings whose model is on `server`."""
    return placed.model_copy(update={"openai_base_url": server.base_url, "reaper_seconds": 3600})


@pytest_asyncio.fixture
async def ada(titled: Settings) -> AsyncIterator[Principal]:
    async with running(titled):
        yield await add_person("ada")


async def title_of(conversation_id: str) -> str:
    async with database.reading() as db:
        found = await queries.find_conversation(db, conversation_id)
    assert found is not None
    return found.title


async def answered(principal: Principal, text: str, conversation_id: str = "") -> str:
    """Ask, and wait for the answer; returns the conversation's id."""
    posted = await ask(principal, text, conversation_id)
    assert (await ended(principal, posted.conversation_id)).status == Status.COMPLETED
    return posted.conversation_id


async def titles_asked(server: TitleServer, count: int) -> None:
    """Wait until so many titles have been asked for."""

    async def are_there() -> bool:
        return len(server.title_requests) >= count

    await until(are_there, what=f"{count} requests for titles")


async def titles_are_over() -> None:
    """Wait until nothing is under way that comes after an answer."""

    async def are_over() -> bool:
        return not any(task.get_name().startswith("after ") for task in asyncio.all_tasks())

    await until(are_over, what="the end of what comes after answers")


async def test_a_title_is_asked_for_with_few_tokens_and_no_thinking(ada: Principal, server: TitleServer) -> None:
    conversation_id = await answered(ada, "Why? " * 1_000)
    await titles_are_over()
    assert await title_of(conversation_id) == "A good title"
    fields = server.title_requests[0].fields
    assert fields["max_tokens"] < 100
    assert fields["reasoning_effort"] == "none"
    assert sum(len(message["content"]) for message in fields["messages"]) < 2_000


async def test_the_next_question_ends_a_title_and_closes_its_connection(ada: Principal, server: TitleServer) -> None:
    server.may_title.clear()
    conversation_id = await answered(ada, "Why?")
    await titles_asked(server, 1)
    await answered(ada, "And then?", conversation_id)

    async def is_closed() -> bool:
        return server.left == server.title_requests[:1]

    await until(is_closed, what="the closed connection")
    server.may_title.set()
    await titles_asked(server, 2)  # after the second answer there is time again
    await titles_are_over()
    assert await title_of(conversation_id) == "A good title"


async def test_a_question_that_another_process_has_ends_a_title_too(
    ada: Principal, server: TitleServer, titled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(title_request, "LOOK_SECONDS", 0.02)
    server.title = says("")
    conversation_id = await answered(ada, "Why?")
    await titles_are_over()
    title_request._cannot_until.clear()
    server.title = says("A good title")
    server.may_title.clear()
    several = titled.model_copy(update={"redis_url": "redis://only-named"})
    job = asyncio.create_task(title_job.run(conversation_id, several))
    await titles_asked(server, 2)
    await add_queued(ada)
    await asyncio.wait_for(job, timeout=5)

    async def is_closed() -> bool:
        return len(server.left) == 1

    await until(is_closed, what="the closed connection")
    assert await title_of(conversation_id) == "Why?"


async def test_with_other_processes_a_title_comes_as_well(
    ada: Principal, server: TitleServer, titled: Settings
) -> None:
    server.title = says("")
    conversation_id = await answered(ada, "Why?")
    await titles_are_over()
    title_request._cannot_until.clear()
    server.title = says("A good title")
    await title_job.run(conversation_id, titled.model_copy(update={"redis_url": "redis://only-named"}))
    assert await title_of(conversation_id) == "A good title"


@pytest.mark.parametrize(
    "response",
    [says(""), says("<think>I should"), whole(of_openai("Not this"), 400), whole(b"<html>"), whole({}, 404)],
    ids=["empty", "thinks", "refused", "malformed", "missing"],
)
async def test_a_model_that_could_not_is_not_asked_again(
    ada: Principal, server: TitleServer, response: tuple[bytes, ...]
) -> None:
    server.title = response
    first = await answered(ada, "Why?")
    await titles_are_over()
    asked = len(server.title_requests)
    server.title = says("A good title")
    await answered(ada, "And then?", first)
    second = await answered(ada, "Something else")
    await titles_are_over()
    assert len(server.title_requests) == asked
    assert [await title_of(first), await title_of(second)] == ["Why?", "Something else"]


async def test_a_model_that_takes_too_long_is_not_asked_again(
    ada: Principal, server: TitleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_provider, "COMPLETE_SECONDS", 0.05)
    server.may_title.clear()
    conversation_id = await answered(ada, "Why?")
    await titles_asked(server, 1)
    await titles_are_over()
    await answered(ada, "And then?", conversation_id)
    await titles_are_over()
    assert len(server.title_requests) == 1


@pytest.mark.parametrize("status", [401, 429])
async def test_a_server_that_is_busy_now_is_asked_after_the_next_answer(
    ada: Principal, server: TitleServer, status: int
) -> None:
    server.title = whole({}, status)
    conversation_id = await answered(ada, "Why?")
    await titles_are_over()
    server.title = says("A good title")
    await answered(ada, "And then?", conversation_id)
    await titles_are_over()
    assert await title_of(conversation_id) == "A good title"


async def test_a_model_without_system_role_gets_the_instruction_in_the_question(
    ada: Principal, server: TitleServer
) -> None:
    status, body = REFUSES_SYSTEM["o1-mini"]
    server.title = whole(body, status)
    server.may_title.clear()
    await answered(ada, "Why?")
    await titles_asked(server, 1)
    server.may_title.set()
    await titles_asked(server, 2)
    roles = [[message["role"] for message in request.fields["messages"]] for request in server.title_requests]
    assert roles == [["system", "user", "assistant", "user"], ["user", "assistant", "user"]]


async def test_a_process_that_is_told_to_end_does_not_wait_for_a_title(titled: Settings, server: TitleServer) -> None:
    server.may_title.clear()
    async with running(titled.model_copy(update={"drain_seconds": 60})):
        await answered(await add_person("ada"), "Why?")
        await titles_asked(server, 1)
        ending = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - ending < 10
