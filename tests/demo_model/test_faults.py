"""What a client sees of each scripted fault."""

import asyncio
import json
import re

import openai
import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.faults import PARTS_BEFORE_FAULT
from chatapp.demo_model.server import DemoModel
from tests.demo_model.asking import (
    Reply,
    ask,
    log_of,
    question_bytes,
    raw_connection,
    raw_reply,
    read_into,
)

pytestmark = pytest.mark.asyncio

# Longer than any part takes, shorter than a test may.
SILENCE_SECONDS = 0.3


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("401", openai.AuthenticationError),
        ("429", openai.RateLimitError),
        ("500", openai.InternalServerError),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_refusals_have_their_status_and_openais_shape(
    client: AsyncOpenAI, demo: DemoModel, kind: str, error: type[openai.APIStatusError], *, stream: bool
) -> None:
    with pytest.raises(error) as caught:
        await client.chat.completions.create(
            model="demo", messages=[{"role": "user", "content": f"fail {kind}"}], stream=stream
        )
    assert caught.value.type
    assert caught.value.response.headers.get("retry-after") == ("7" if kind == "429" else None)
    assert (await log_of(demo))[-1]["status"] == int(kind)


@pytest.mark.parametrize("kind", ["reset", "drop", "badutf8", "badjson", "errorevent"])
async def test_broken_answers_give_some_parts_and_then_an_error(client: AsyncOpenAI, kind: str) -> None:
    reply = Reply()
    with pytest.raises((openai.APIError, ValueError)):
        await read_into(reply, client, f"fail {kind}")
    assert len(reply.parts) == PARTS_BEFORE_FAULT
    assert reply.finish_reason is None


async def test_reset_is_a_tcp_reset(demo: DemoModel) -> None:
    with pytest.raises(ConnectionResetError):
        await raw_reply(demo, question_bytes("fail reset"))


async def test_drop_closes_within_a_chunk(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("fail drop"))
        received = await reader.read(-1)
    head, _, half = received.rpartition(b"\r\n")
    announced = int(head.rpartition(b"\r\n")[2], 16)
    assert 0 < len(half) < announced
    assert half.startswith(b"data: {")


async def test_stall_sends_the_head_and_then_nothing(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("fail stall"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), SILENCE_SECONDS)


async def test_idle_falls_silent_after_some_parts(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("fail idle"))
        for _ in range(PARTS_BEFORE_FAULT):
            await reader.readuntil(b'"content": ')
        await reader.readuntil(b"\n\n\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), SILENCE_SECONDS)


async def test_drip_sends_single_bytes_a_second_apart(demo: DemoModel) -> None:
    now = asyncio.get_running_loop().time
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("fail drip"))
        await reader.readuntil(b"1\r\nd\r\n")
        first_at = now()
        assert await reader.readexactly(6) == b"1\r\na\r\n"
        assert 0.8 < now() - first_at < 1.5


async def test_nofinish_ends_in_good_order_without_any_word_of_the_end(demo: DemoModel) -> None:
    reply = await raw_reply(demo, question_bytes("fail nofinish"))
    assert reply.whole
    assert all(json.loads(event)["choices"][0]["finish_reason"] is None for event in reply.events)


async def test_nodone_ends_in_good_order_without_the_end_mark(demo: DemoModel) -> None:
    reply = await raw_reply(demo, question_bytes("fail nodone"))
    assert reply.whole
    assert json.loads(reply.events[-1])["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(("kind", "error"), [("badjson", json.JSONDecodeError), ("badutf8", UnicodeDecodeError)])
async def test_badjson_and_badutf8_are_one_bad_event_among_good_ones(
    demo: DemoModel, kind: str, error: type[ValueError]
) -> None:
    *parts, done = (await raw_reply(demo, question_bytes(f"fail {kind}"))).events
    assert done == b"[DONE]"
    with pytest.raises(error):
        json.loads(parts.pop(PARTS_BEFORE_FAULT))
    assert all(json.loads(part) for part in parts)


async def test_errorevent_is_an_error_inside_an_answer_that_began_well(demo: DemoModel) -> None:
    reply = await raw_reply(demo, question_bytes("fail errorevent"))
    assert reply.status == 200
    assert json.loads(reply.events[-1])["error"]["type"] == "server_error"


async def test_nul_and_surrogate_come_escaped_in_an_answer_that_ends_well(client: AsyncOpenAI, demo: DemoModel) -> None:
    reply, raw = await asyncio.gather(ask(client, "fail nul"), raw_reply(demo, question_bytes("fail surrogate")))
    assert reply.text.count("\x00") == 2
    assert reply.finish_reason == "stop"
    assert b'"content": "\\ud800"' in raw.body
    assert raw.events[-1] == b"[DONE]"


async def test_crlf_mixes_line_endings_and_comments_and_still_says_the_same(
    client: AsyncOpenAI, demo: DemoModel
) -> None:
    mixed, plain, raw = await asyncio.gather(
        ask(client, "fail crlf"), ask(client, "fail nodone"), raw_reply(demo, question_bytes("fail crlf"))
    )
    assert re.search(rb"[^\r]\n\n", raw.body)
    assert b"\r\n\r\n" in raw.body
    assert b": a comment\r\n" in raw.body
    assert mixed.text == plain.text
    assert mixed.finish_reason == "stop"


async def test_hugeevent_is_one_event_of_ten_megabytes(demo: DemoModel) -> None:
    reply = await raw_reply(demo, question_bytes("fail hugeevent"))
    assert len(reply.events) == 3
    assert len(reply.events[0]) > 10_000_000


async def test_hugeanswer_is_five_megabytes_at_once(client: AsyncOpenAI) -> None:
    reply = await ask(client, "fail hugeanswer")
    assert 5_000_000 < len(reply.text) < 5_500_000
    assert reply.finish_reason == "stop"


async def test_empty_stops_without_a_word(client: AsyncOpenAI) -> None:
    reply = await ask(client, "fail empty")
    assert reply.text == ""
    assert reply.finish_reason == "stop"


async def test_faults_of_the_connection_reach_answers_in_one_body_too(demo: DemoModel) -> None:
    with pytest.raises(ConnectionResetError):
        await raw_reply(demo, question_bytes("fail reset", stream=False))
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("fail stall", stream=False))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), SILENCE_SECONDS)


@pytest.mark.parametrize("kind", ["429", "reset", "drop", "badjson"])
async def test_the_next_question_is_answered_after_a_fault(client: AsyncOpenAI, kind: str) -> None:
    with pytest.raises((openai.APIError, ValueError)):
        await ask(client, f"fail {kind}")
    assert (await ask(client, "count 3 at 1000")).text == "1 2 3"
