"""Every scripted fault of the demo model ends in a typed error in words, in time, with the text before it kept."""

import asyncio
import socket
import time

import pytest

from chatapp.demo_model.samples import BROKEN_OFF
from chatapp.errors import ProviderError
from chatapp.providers.base import ChatMessage
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings
from tests.providers.answers import Given, ask, parts_of
from tests.providers.conftest import API_KEY
from tests.providers.scripted_server import FINISH, ScriptedServer, event

IN_TIME_SECONDS = 1.0 + 2
"""The longest deadline of the `quick` settings, and what may pass beyond it."""

REFUSED = {"401": "unauthorized", "429": "rate_limited", "500": "unavailable", "stall": "timeout"}
BROKEN = {
    "reset": "incomplete",
    "drop": "incomplete",
    "nofinish": "incomplete",
    "idle": "timeout",
    "drip": "timeout",
    "badjson": "malformed",
    "badutf8": "malformed",
    "errorevent": "unavailable",
}
HARMLESS = ("nodone", "crlf")


async def ask_for_fault(provider: OpenAIProvider, kind: str) -> Given:
    """Ask for a fault, which must come in time and in words that hold neither the key nor the address."""
    started = time.monotonic()
    given = await ask(provider, f"fail {kind}")
    assert time.monotonic() - started < IN_TIME_SECONDS
    assert given.words.endswith(".")
    assert API_KEY not in given.words
    assert "127.0.0.1" not in given.words
    return given


@pytest.mark.parametrize(("kind", "code"), REFUSED.items())
async def test_a_fault_before_the_first_part_is_a_typed_error_in_time(
    provider: OpenAIProvider, kind: str, code: str
) -> None:
    given = await ask_for_fault(provider, kind)
    assert (given.code, given.parts) == (code, [])


@pytest.mark.parametrize(("kind", "code"), BROKEN.items())
async def test_a_fault_within_the_answer_is_a_typed_error_in_time_and_keeps_the_text(
    provider: OpenAIProvider, kind: str, code: str
) -> None:
    given = await ask_for_fault(provider, kind)
    assert given.code == code
    assert 0 < len(given.text) < len(BROKEN_OFF)
    assert BROKEN_OFF.startswith(given.text)


@pytest.mark.parametrize("kind", HARMLESS)
async def test_an_odd_but_complete_answer_is_whole(provider: OpenAIProvider, kind: str) -> None:
    given = await ask(provider, f"fail {kind}")
    assert (given.text, given.finish_reason, given.error) == (BROKEN_OFF, "stop", None)


async def test_nul_is_taken_out_of_the_answer(provider: OpenAIProvider) -> None:
    given = await ask(provider, "fail nul")
    assert (given.text, given.error) == (f"A NUL  stands between. {BROKEN_OFF}", None)


async def test_half_a_pair_of_surrogates_is_replaced(provider: OpenAIProvider) -> None:
    given = await ask(provider, "fail surrogate")
    assert (given.text, given.error) == (f"Half a pair: \ufffd. {BROKEN_OFF}", None)


async def test_an_empty_answer_is_no_fault_of_the_protocol(provider: OpenAIProvider) -> None:
    given = await ask(provider, "fail empty")
    assert (given.text, given.finish_reason, given.error) == ("", "stop", None)


async def test_an_event_of_ten_megabytes_is_refused(provider: OpenAIProvider) -> None:
    assert (await ask(provider, "fail hugeevent")).code == "too_large"


async def test_an_answer_of_five_megabytes_is_cut_off_at_the_limit(provider: OpenAIProvider, quick: Settings) -> None:
    given = await ask(provider, "fail hugeanswer")
    assert given.code == "too_large"
    assert quick.answer_max_characters - 10_000 < len(given.text) <= quick.answer_max_characters


async def test_an_answer_that_goes_on_for_too_long_is_cut_off(provider: OpenAIProvider, quick: Settings) -> None:
    hasty = quick.model_copy(update={"total_timeout_seconds": 0.5})
    impatient = OpenAIProvider(Endpoint(name="Demo", base_url=str(provider._client.base_url)), hasty)
    given = await ask(impatient, "count 2000")
    await impatient.aclose()
    assert given.code == "timeout"
    assert "longer than 0.5 s" in given.words
    assert given.text.startswith("1 2 3")


async def test_a_slow_reader_is_not_the_servers_fault(provider: OpenAIProvider, quick: Settings) -> None:
    parts = parts_of(provider, "count 20 at 1000")
    await anext(parts)
    reading_pauses = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(quick.part_timeout_seconds * 1.5, reading_pauses.set_result, None)
    await reading_pauses
    assert [type(part).__name__ async for part in parts][-1] == "FinishPart"


@pytest.mark.parametrize("kind", ["401", "429", "reset", "stall"])
async def test_an_answer_in_one_piece_fails_in_words_too(provider: OpenAIProvider, kind: str) -> None:
    with pytest.raises(ProviderError):
        await provider.complete("demo", [ChatMessage("user", f"fail {kind}")], max_tokens=5)


async def test_the_next_answer_works_after_each_fault(provider: OpenAIProvider) -> None:
    for kind in ("401", "reset", "drop", "badjson", "hugeevent"):
        await ask(provider, f"fail {kind}")
        assert (await ask(provider, "count 3 at 1000")).text == "1 2 3"


async def test_a_server_error_before_the_answer_is_tried_once_more(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send({}, status=503)
    server.will_stream(event({"content": "a"}), FINISH)
    assert (await ask(scripted, "x")).text == "a"
    assert len(server.requests) == 2


@pytest.mark.parametrize(("seconds", "requests"), [("0.1", 2), ("20", 1)])
async def test_a_busy_model_is_asked_again_only_when_it_will_be_free_at_once(
    scripted: OpenAIProvider, server: ScriptedServer, seconds: str, requests: int
) -> None:
    server.will_send({}, status=429, headers=f"retry-after: {seconds}\r\n")
    given = await ask(scripted, "x")
    assert (given.code, len(server.requests)) == ("rate_limited", requests)


async def test_nothing_is_asked_again_once_a_part_has_come(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_stream(event({"content": "a"}))
    given = await ask(scripted, "x")
    assert (given.text, given.code, len(server.requests)) == ("a", "incomplete", 1)


async def test_comments_and_empty_events_do_not_pass_for_an_answer(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_stream(b": processing\n\n", event({"role": "assistant", "content": ""}), b": processing\n\n")
    given = await ask(scripted, "x")
    assert (given.parts, given.code) == ([], "incomplete")


async def test_a_connection_that_breaks_after_the_finish_costs_nothing(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.responses.append(
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n",
            event({"content": "a"}),
            event(finish_reason="length"),
        )
    )
    given = await ask(scripted, "x")
    assert (given.text, given.finish_reason, given.error) == ("a", "length", None)


async def test_a_server_that_takes_the_request_and_says_nothing_is_given_up_in_time(quick: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        provider = OpenAIProvider(Endpoint(name="Silent", base_url=base_url, api_key=API_KEY), quick)
        started = time.monotonic()
        given = await ask(provider, "x")
        await provider.aclose()
    assert (given.code, given.words) == (
        "timeout",
        "The model server 'Silent' has sent nothing for 1 s. Try again.",
    )
    assert time.monotonic() - started < IN_TIME_SECONDS
