"""The HTTP side: models, both forms of an answer, refusals, connections, and how the server ends."""

import asyncio
import hashlib
import json
import signal
import socket
import sys

import openai
import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.server import DemoModel
from tests.demo_model.asking import (
    ask,
    http_request,
    log_of,
    port_of,
    question_bytes,
    raw_connection,
    raw_reply,
    read_raw,
    user,
)
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_there_is_one_model_called_demo(client: AsyncOpenAI) -> None:
    models = [model async for model in client.models.list()]
    assert [(model.id, model.owned_by) for model in models] == [("demo", "chatapp")]


async def test_an_answer_in_one_body_says_what_the_stream_says(client: AsyncOpenAI) -> None:
    question = "long 300 at 1000"
    whole = await client.chat.completions.create(model="demo", messages=[user(question)])  # type: ignore[list-item]
    streamed = await ask(client, question, stream_options={"include_usage": True})
    assert whole.choices[0].message.content == streamed.text
    assert whole.choices[0].finish_reason == streamed.finish_reason == "stop"
    assert whole.usage == streamed.usage


async def test_usage_is_sent_only_to_those_who_ask(client: AsyncOpenAI) -> None:
    assert (await ask(client, "count 5")).usage is None
    usage = (await ask(client, "count 5", stream_options={"include_usage": True})).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (2, 5, 7)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_an_answer_longer_than_allowed_ends_with_length(client: AsyncOpenAI, name: str) -> None:
    cut = await ask(client, "count 20 at 1000", **{name: 5})
    assert (cut.text, cut.finish_reason) == ("1 2 3 4 5", "length")
    just_fits = await ask(client, "count 5 at 1000", **{name: 5})
    assert (just_fits.text, just_fits.finish_reason) == ("1 2 3 4 5", "stop")


async def test_content_may_be_a_list_of_parts(client: AsyncOpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    content = [{"type": "text", "text": "count"}, picture, {"type": "text", "text": " 4"}]
    assert (await ask(client, user(content))).text == "1 2 3 4"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"model": "demo"}',
        b'{"model": "demo", "messages": []}',
        b'{"model": "demo", "messages": ["hi"]}',
        b'{"model": "demo", "messages": [{"role": "user", "content": 5}]}',
        b'{"messages": [{"role": "user", "content": "hi"}]}',
        b'{"model": "demo", "max_tokens": 0, "messages": [{"role": "user", "content": "hi"}]}',
    ],
)
async def test_a_bad_request_is_refused_in_openais_shape(demo: DemoModel, body: bytes) -> None:
    reply = await raw_reply(demo, http_request("POST", "/v1/chat/completions", body))
    assert reply.status == 400
    assert json.loads(reply.body)["error"]["type"] == "invalid_request_error"


async def test_an_unknown_address_is_not_found_in_openais_shape(client: AsyncOpenAI, demo: DemoModel) -> None:
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="demo", input="x")
    assert (await raw_reply(demo, http_request("GET", "/v1/chat/completions"))).status == 404


async def test_a_page_that_points_its_own_name_at_loopback_reads_nothing(demo: DemoModel) -> None:
    assert (await raw_reply(demo, http_request("GET", "/log", host="evil.example"))).status == 403


async def test_what_is_no_http_is_refused_and_the_connection_closed(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert (await reader.read(-1)).startswith(b"HTTP/1.1 400")


async def test_one_connection_carries_many_requests_also_when_they_come_early(demo: DemoModel) -> None:
    async with raw_connection(demo) as (reader, writer):
        writer.write(question_bytes("count 30", stream=False))
        writer.write(http_request("GET", "/v1/models"))
        received = await reader.readuntil(b'"owned_by": "chatapp"}]}')
        assert b" 29 30" in received
        writer.write(question_bytes("count 2"))
        assert (await read_raw(reader)).events[-1] == b"[DONE]"


async def test_a_client_that_waits_for_100_continue_gets_it(demo: DemoModel) -> None:
    head, _, body = question_bytes("count 2").partition(b"\r\n\r\n")
    async with raw_connection(demo) as (reader, writer):
        writer.write(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body)
        assert (await read_raw(reader)).status == 200


async def test_only_loopback_is_listened_on(demo: DemoModel) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port_of(demo)))


async def test_closing_cuts_answers_in_their_middle(client: AsyncOpenAI, demo: DemoModel) -> None:
    asking = asyncio.create_task(ask(client, "count 5000"))

    async def answering() -> bool:
        return any(entry["parts"] for entry in await log_of(demo))

    await until(answering, seconds=5, what="an answer on its way")
    await asyncio.wait_for(demo.close(), 1)
    with pytest.raises(Exception, match=r"(?i)closed|peer|reset|connection"):
        await asking


async def test_a_taken_port_is_an_os_error(demo: DemoModel) -> None:
    with pytest.raises(OSError, match="in use"):
        await DemoModel(port=port_of(demo)).start()


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_alone_it_says_where_it_is_and_ends_when_told(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chatapp.demo_model", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    base_url = line.split()[-1]
    async with AsyncOpenAI(base_url=base_url, api_key="x", max_retries=0) as client:
        assert (await ask(client, "count 3")).text == "1 2 3"
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_the_text_that_arrived_is_the_text_in_the_log(client: AsyncOpenAI, demo: DemoModel) -> None:
    reply = await ask(client, "long 1500 at 10000")
    entry = (await log_of(demo))[-1]
    assert entry["sha256"] == hashlib.sha256(reply.text.encode()).hexdigest()
    assert (entry["characters"], entry["parts"]) == (len(reply.text), 1500)
