"""Which script answers: titles, and the rest of an answer that broke off."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.chat_request import ChatRequest
from chatapp.demo_model.scripting import script_for
from chatapp.demo_model.server import DemoModel
from tests.demo_model.asking import Reply, ask, assistant, log_of, read_into, user

pytestmark = pytest.mark.asyncio

CONTINUE = "Continue exactly where your last answer stopped. Do not repeat anything."
TITLE = {"role": "system", "content": "Write a short title for the conversation below. At most five words."}


def seconds_of(*messages: dict[str, Any]) -> float:
    """When the last part of an answer is due, whatever else the machine does."""
    script = script_for(ChatRequest.parse(json.dumps({"model": "demo", "messages": messages}).encode()))
    return script.delay_seconds + len([*script.reasoning, *script.parts]) / script.rate_per_second


async def test_a_request_to_continue_gets_the_rest(client: AsyncOpenAI) -> None:
    for said in ("1 2 3", "1 2 3 ", "1 2 3 4 5 6 7 8 9 1"):
        rest = await ask(client, "count 12 at 1000", assistant(said), CONTINUE)
        assert said + rest.text == "1 2 3 4 5 6 7 8 9 10 11 12"


async def test_an_answer_left_open_at_the_end_is_continued_too(client: AsyncOpenAI) -> None:
    assert (await ask(client, "count 5 at 1000", assistant("1 2"))).text == " 3 4 5"


async def test_a_partial_answer_that_differs_is_continued_where_it_differs(client: AsyncOpenAI) -> None:
    assert (await ask(client, "count 5 at 1000", assistant("1 2 and so on"), CONTINUE)).text == "3 4 5"


async def test_a_long_answer_is_whole_after_being_continued(client: AsyncOpenAI) -> None:
    question = "long 600 at 10000"
    whole = await ask(client, question)
    first = await ask(client, question, max_tokens=250)
    rest = await ask(client, question, assistant(first.text), CONTINUE)
    assert first.finish_reason == "length"
    assert first.text + rest.text == whole.text
    assert len(rest.parts) == 350


@pytest.mark.parametrize("kind", ["drop", "nofinish", "reset"])
async def test_going_on_after_a_fault_completes_the_answer(client: AsyncOpenAI, kind: str) -> None:
    broken = Reply()
    try:
        await read_into(broken, client, f"fail {kind}")
    except openai.APIError:
        assert kind != "nofinish"
    rest = await ask(client, f"fail {kind}", assistant(broken.text), CONTINUE)
    assert (broken.text + rest.text).endswith("With that, the answer is complete.")
    assert rest.finish_reason == "stop"


async def test_only_the_last_question_counts(client: AsyncOpenAI) -> None:
    assert (await ask(client, "fail 500", assistant("..."), "count 3 at 1000")).text == "1 2 3"


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("why is the sky blue in the morning?", "Why is the sky blue in the morning"),
        ("Show me a table of the planets", "Show me a table of the planets"),
        ("Count 100, one number at a time", "Count 100 one number at a time"),
        ("Please compare the moons of Jupiter with those of the planet Saturn", "Please compare the moons of Jupiter"),
        ("Tell me in your own words what you are and do", "Tell me in your own words"),
        ("What is that", "What is that"),
        ("the of the of the of the of the of", "The of the of the of the of the"),
        ("User: fail 500", "Fail 500"),
        ("wait 60", "Wait 60"),
        ("???", "New conversation"),
    ],
)
async def test_a_title_is_plain_and_comes_at_once_whatever_was_asked(
    client: AsyncOpenAI, demo: DemoModel, question: str, title: str
) -> None:
    reply = await ask(client, TITLE, user(question))
    assert reply.text == title
    entry = (await log_of(demo))[-1]
    assert (entry["kind"], entry["status"]) == ("title", 200)
    assert seconds_of(TITLE, user(question)) < 0.01


async def test_a_title_is_made_from_the_first_question(client: AsyncOpenAI) -> None:
    reply = await ask(client, TITLE, "Tides and the moon", assistant("Two a day."), "count 3")
    assert reply.text == "Tides and the moon"
