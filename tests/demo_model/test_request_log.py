"""What `GET /log` tells of a request, and what became of it."""

import asyncio
import time
from typing import Any

import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.request_log import RequestLog
from chatapp.demo_model.server import DemoModel
from tests.demo_model.asking import ask, http_request, log_of, question_bytes, raw_connection, raw_reply
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def entry_when(demo: DemoModel, field: str) -> dict[str, Any]:
    """The newest entry, once `field` has a value."""
    found: dict[str, Any] = {}

    async def has_value() -> bool:
        entries = await log_of(demo)
        found.update(entries[-1] if entries else {})
        return bool(found.get(field))

    await until(has_value, seconds=2, what=f"{field} in the log")
    return found


async def test_an_answer_that_ended_by_itself(client: AsyncOpenAI, demo: DemoModel) -> None:
    before = time.time()
    await ask(client, "count 20")
    entry = await entry_when(demo, "closed_by")
    assert (entry["kind"], entry["model"], entry["question"]) == ("chat", "demo", "count 20")
    assert (entry["status"], entry["parts"], entry["closed_by"]) == (200, 20, "server")
    fields = ("received_at", "first_part_at", "last_part_at", "closed_at")
    times = [before, *(entry[field] for field in fields), time.time()]
    assert times == sorted(times)


@pytest.mark.parametrize("question", ["count 100000", "wait 60", "fail stall", "fail drip", "slow"])
async def test_a_client_that_goes_away_is_noticed_at_once(demo: DemoModel, question: str) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes(question))
        await reader.readuntil(b"\r\n\r\n")
    left_at = time.time()
    entry = await entry_when(demo, "closed_by")
    assert entry["closed_by"] == "client"
    assert entry["closed_at"] - left_at < 0.2


async def test_nothing_is_said_after_the_client_has_gone(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("count 100000 at 2000"))
        await reader.readuntil(b'" 5"')
    entry = await entry_when(demo, "closed_by")
    assert entry["last_part_at"] <= entry["closed_at"]
    await ask_something_else(demo)
    assert (await log_of(demo))[0]["parts"] == entry["parts"]


async def ask_something_else(demo: DemoModel) -> None:
    await raw_reply(demo, question_bytes("count 10"))


async def test_an_answer_nobody_reads_does_not_run_ahead_of_its_reader(demo: DemoModel) -> None:
    async with raw_connection(demo) as (_, writer):
        writer.write(question_bytes("long 200000 at 10000"))
        first = await entry_when(demo, "parts")
        assert first["closed_by"] is None
    assert (await entry_when(demo, "closed_by"))["closed_by"] == "client"


async def test_a_question_is_kept_to_its_first_200_characters(client: AsyncOpenAI, demo: DemoModel) -> None:
    await ask(client, "count 1 " + "x" * 500)
    assert len((await log_of(demo))[-1]["question"]) == 200


async def test_the_log_can_be_cleared(client: AsyncOpenAI, demo: DemoModel) -> None:
    await asyncio.gather(*(ask(client, "count 1") for _ in range(3)))
    assert len(await log_of(demo)) == 3
    assert (await raw_reply(demo, http_request("DELETE", "/log"))).status == 200
    assert await log_of(demo) == []


async def test_without_being_told_to_it_shows_nobody_what_was_asked() -> None:
    quiet = DemoModel()
    await quiet.start()
    for method in ("GET", "DELETE"):
        assert (await raw_reply(quiet, http_request(method, "/log"))).status == 404
    await quiet.close()


async def test_the_log_keeps_the_newest_only() -> None:
    log = RequestLog(size=2)
    for question in ("first", "second", "third"):
        log.open("chat", "demo", question)
    assert [entry["question"] for entry in log.as_json()] == ["second", "third"]
