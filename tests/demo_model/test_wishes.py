"""Each wish of a person, asked through the openai SDK."""

import asyncio

import pytest
from openai import AsyncOpenAI

from chatapp.demo_model.script import Fault
from chatapp.demo_model.server import DemoModel
from chatapp.demo_model.wishes import script_of
from tests.demo_model.asking import ask, log_of

pytestmark = pytest.mark.asyncio

MANY_SCRIPTS = (
    'First line\n\n<img src=x onerror="alert(1)"> `$5` \\( x \\)\t\u2028\x85|é 漢字 👩‍👩‍👧 \u202eabc\u202c\n  end \n'
)


async def test_repeat_gives_the_text_back_character_for_character(client: AsyncOpenAI) -> None:
    reply = await ask(client, f"please repeat exactly: {MANY_SCRIPTS}")
    assert reply.text == MANY_SCRIPTS
    assert all(len(part) == 1 for part in reply.parts)


async def test_repeat_wins_over_wishes_inside_its_text(client: AsyncOpenAI) -> None:
    assert (await ask(client, "Repeat exactly: fail 500, count 3")).text == "fail 500, count 3"


async def test_repeat_takes_a_text_that_begins_on_the_next_line(client: AsyncOpenAI) -> None:
    assert (await ask(client, "repeat exactly:\n# Title\n- a")).text == "# Title\n- a"


async def test_count_sends_one_number_a_token(client: AsyncOpenAI) -> None:
    reply = await ask(client, "Please count 25 at 1000")
    assert reply.text == " ".join(map(str, range(1, 26)))
    assert len(reply.parts) == 25
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize("count", [1, 30, 2000])
async def test_long_sends_exactly_as_many_parts_as_asked_for(client: AsyncOpenAI, count: int) -> None:
    reply = await ask(client, f"long {count} at 10000")
    assert len(reply.parts) == count
    assert reply.text.endswith(".")


async def test_long_is_varied_markdown_and_the_same_each_time(client: AsyncOpenAI) -> None:
    first, second = await asyncio.gather(ask(client, "long 2500 at 10000"), ask(client, "long 2500 at 10000"))
    assert first.text == second.text
    for sign in ("\n## ", "\n- ", "\n1. ", "|--:|", "\n```sql\n", "\n```rust\n", "\n$$\n", "\n> "):
        assert sign in first.text
    assert first.text.count("```") % 2 == 0
    assert first.text.count("$$") % 2 == 0


async def test_slow_speaks_at_five_tokens_a_second() -> None:
    script = script_of("something slow, please")
    assert script.rate_per_second == 5
    assert 20 <= len(list(script.parts)) <= 50


async def test_wait_holds_back_the_first_part(client: AsyncOpenAI, demo: DemoModel) -> None:
    await ask(client, "wait 0.4", max_tokens=1)
    entry = (await log_of(demo))[-1]
    assert 0.4 <= entry["first_part_at"] - entry["received_at"] < 0.6


@pytest.mark.parametrize(
    ("question", "signs", "absent"),
    [
        ("Show me a table of the planets", ["| Saturn |"], ["```", "$$"]),
        ("Write code that reverses a list", ["```python"], ["| Saturn |", "$$"]),
        ("Explain the maths of quadratic equations", ["$$"], ["| Saturn |", "```"]),
        ("maths, CODE and a Table", ["| Saturn |", "```python", "\\frac"], []),
    ],
)
async def test_samples_show_what_was_asked_for(question: str, signs: list[str], absent: list[str]) -> None:
    text = "".join(script_of(question).parts)
    assert all(sign in text for sign in signs)
    assert not any(sign in text for sign in absent)


async def test_reasoning_comes_apart_from_the_answer(client: AsyncOpenAI, demo: DemoModel) -> None:
    reply = await ask(client, "reasoning", stream_options={"include_usage": True})
    assert reply.reasoning.startswith("The person would like")
    assert "408" in reply.text
    assert reply.usage is not None
    assert reply.usage.completion_tokens_details is not None
    assert reply.usage.completion_tokens_details.reasoning_tokens == reply.usage.completion_tokens - len(reply.parts)
    assert (await log_of(demo))[-1]["characters"] == len(reply.text)


@pytest.mark.parametrize(
    "question", ["Hello!", "My account 5 is longer", "tables, decode", "fail unknown", "count", ""]
)
async def test_anything_else_is_answered_with_what_this_is_and_how_to_connect_a_model(question: str) -> None:
    text = "".join(script_of(question).parts)
    for words in ("built-in demo model", "not an AI", "OPENAI_BASE_URL", "OPENAI_API_KEY", "Ollama", "`count 100`"):
        assert words in text


@pytest.mark.parametrize("fault", Fault)
async def test_every_fault_can_be_asked_for(fault: Fault) -> None:
    assert script_of(f"please fail {fault.value} now").fault is fault


@pytest.mark.parametrize(
    ("question", "beginning"),
    [("count 2 long 9 fail drop", "1 2"), ("slow table", "Some models"), ("wait 1 code", "Hello!")],
)
async def test_the_first_row_of_the_list_wins(question: str, beginning: str) -> None:
    script = script_of(question)
    assert "".join(script.parts).startswith(beginning)
    assert script.fault is None


async def test_absurd_wishes_are_cut_down_to_what_the_server_can_bear() -> None:
    script = script_of(f"count {'9' * 5000} at 0")
    assert len(list(script.parts)) == 200_000
    assert script.rate_per_second > 0
    assert script_of("wait 999999999").delay_seconds == 3600
