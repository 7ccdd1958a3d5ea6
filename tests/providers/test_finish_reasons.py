"""When an answer is over: what servers say about it, too early, in every event, in their own words, or not at all."""

import asyncio
import json
import random

import pytest

from chatapp.endpoint_address import parse_address
from chatapp.providers.base import ChatMessage, FinishPart, TextPart
from chatapp.providers.deadlines import Deadlines
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.providers.stream_errors import finish_reason_of
from chatapp.settings import Settings
from tests.providers.answers import ask
from tests.providers.odd_streams import DONE, STOP, chunk, cut_anywhere, joined, stream, text, words
from tests.providers.scripted_server import PAUSE, ScriptedServer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """Makes the patience after a finish reason as short as a test; returns it in seconds."""
    monkeypatch.setattr("chatapp.providers.deadlines.USAGE_SECONDS", 0.05)
    return 0.05


async def ask_with_pause(scripted: OpenAIProvider, server: ScriptedServer, seen: str, pause_seconds: float) -> str:
    """Ask, and let the server go on `pause_seconds` after all of `seen` has come; returns the text and how it ended."""
    came = ""
    async for part in scripted.stream("m", [ChatMessage("user", "x")]):
        if isinstance(part, TextPart):
            came += part.text
        if came == seen:
            asyncio.get_running_loop().call_later(pause_seconds, server.goes_on.set)
        if isinstance(part, FinishPart):
            came += f"({part.reason})"
    return came


@pytest.mark.parametrize("seed", range(12))
async def test_a_finish_reason_before_the_end_ends_nothing(
    scripted: OpenAIProvider, server: ScriptedServer, seed: int
) -> None:
    pieces, chance = words(seed), random.Random(seed)
    early = [chunk({"content": piece}, finish=chance.choice([None, "stop", "length", "null", ""])) for piece in pieces]
    server.will_send_in_chunks(*cut_anywhere(stream(*early, STOP, DONE), seed))
    given = await ask(scripted, "x")
    assert (given.text, given.finish_reason, given.error) == (joined(pieces), "stop", None)


async def test_reasoning_with_a_finish_reason_is_no_end_either(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    thoughts = [chunk({"reasoning_content": thought}, finish="stop") for thought in ("I think ", "about it. ")]
    server.will_send_in_chunks(stream(*thoughts, *text("The answer ", "comes late."), STOP, DONE))
    given = await ask(scripted, "x")
    assert (given.reasoning, given.text, given.error) == ("I think about it. ", "The answer comes late.", None)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("first", [[chunk({"content": "One "}, finish="stop")], [*text("One "), STOP, *text("")]])
async def test_text_after_a_pause_behind_a_finish_reason_is_waited_for(
    scripted: OpenAIProvider, server: ScriptedServer, impatient: float, first: list[bytes]
) -> None:
    second = chunk({"content": "two "}, finish="stop")
    rest = (chunk({"content": "three"}, finish="stop"), DONE)
    server.will_send_in_chunks(stream(*first, second), PAUSE, stream(*rest))
    assert await ask_with_pause(scripted, server, "One two ", 4 * impatient) == "One two three(stop)"


async def test_patience_after_a_finish_reason_begins_anew_with_each_event(
    quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, now = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    deadlines = Deadlines(quick, ErrorTranslator("Box", "", parse_address("http://box/v1")))
    deadlines.progress(has_parts=False, is_ending=True, is_done=False)
    first = deadlines.at()
    monkeypatch.setattr(loop, "time", lambda: now + 3)
    deadlines.progress(has_parts=False, is_ending=True, is_done=False)
    assert first < deadlines.at()


async def test_a_connection_that_breaks_after_reasons_in_every_event_has_cut_the_answer(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    every = [chunk({"content": piece}, finish="stop") for piece in ("One ", "two ", "three ")]
    server.will_break_off(stream(*every))
    given = await ask(scripted, "x")
    assert (given.text, given.code) == ("One two three ", "incomplete")


async def test_a_connection_that_breaks_after_the_one_finish_reason_has_cut_nothing(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_break_off(stream(*text("Whole."), STOP))
    assert (await ask(scripted, "x")).error is None


@pytest.mark.parametrize(
    "reason", ["error", "abort", "insufficient_system_resource", "repetition", "ERROR", "network_error"]
)
@pytest.mark.parametrize("with_text", [True, False])
async def test_a_reason_that_says_that_the_server_gave_up_fails_the_answer_and_keeps_the_text(
    scripted: OpenAIProvider, server: ScriptedServer, reason: str, with_text: bool
) -> None:
    last = chunk({"content": "well, " if with_text else ""}, finish=reason)
    server.will_send_in_chunks(stream(*text("It starts "), last, DONE))
    given = await ask(scripted, "x")
    assert (given.text, given.code) == ("It starts " + "well, " * with_text, "incomplete")
    assert reason.lower() in given.words


@pytest.mark.parametrize("reason", ["content_filter", "sensitive", "tool_calls", "Quota Window", "malformed_call"])
async def test_any_other_reason_is_handed_on_as_it_is(
    scripted: OpenAIProvider, server: ScriptedServer, reason: str
) -> None:
    server.will_send_in_chunks(stream(*text("a"), chunk(finish=reason), DONE))
    given = await ask(scripted, "x")
    assert (given.text, given.finish_reason, given.error) == ("a", reason, None)


@pytest.mark.parametrize(
    ("reason", "known"), [("eos_token", "stop"), ("STOP", "stop"), ("end_turn", "stop"), ("MAX_TOKENS", "length")]
)
async def test_what_other_protocols_call_stop_and_length_is_known(
    scripted: OpenAIProvider, server: ScriptedServer, reason: str, known: str
) -> None:
    server.will_send_in_chunks(stream(*text("a"), chunk(finish=reason), DONE))
    assert (await ask(scripted, "x")).finish_reason == known


@pytest.mark.parametrize("none", [None, "", "null", "None"])
async def test_no_reason_is_no_end(scripted: OpenAIProvider, server: ScriptedServer, none: str | None) -> None:
    server.will_send_in_chunks(stream(*text("a"), chunk(finish=none)))
    assert (await ask(scripted, "x")).code == "incomplete"


async def test_an_error_inside_the_choice_fails_the_answer_with_the_servers_words(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    choice = {"delta": {"content": "And "}, "finish_reason": "error", "error": {"code": 400, "message": "Card is hot"}}
    server.will_send_in_chunks(stream(*text("It starts. "), json.dumps({"choices": [choice]}).encode(), DONE))
    given = await ask(scripted, "x")
    assert given.text == "It starts. And "
    assert "Card is hot" in given.words


@pytest.mark.parametrize("done", [b"data: [DONE]\n\n", b"data:  [DONE] \n\n", b"data: [DONE]"])
async def test_the_mark_of_the_end_after_text_is_an_end(
    scripted: OpenAIProvider, server: ScriptedServer, done: bytes
) -> None:
    server.will_send_in_chunks(stream(*text("Whole, but nobody ", "says so.")) + done)
    given = await ask(scripted, "x")
    assert (given.text, given.error) == ("Whole, but nobody says so.", None)


async def test_a_stream_that_just_stops_is_not_whole(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send_in_chunks(stream(*text("Not ", "whole.")))
    given = await ask(scripted, "x")
    assert (given.text, given.code) == ("Not whole.", "incomplete")


@pytest.mark.parametrize("last", [STOP, chunk({"content": "b"}, finish="stop"), chunk({"content": "b"})])
@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n"])
async def test_the_last_event_needs_no_blank_line_at_a_clean_end(
    scripted: OpenAIProvider, server: ScriptedServer, last: bytes, tail: bytes
) -> None:
    server.will_send_in_chunks(stream(*text("a")) + b"data: " + last + tail)
    given = await ask(scripted, "x")
    assert given.text == ("ab" if b'"b"' in last else "a")
    assert (given.code == "") == (b"stop" in last)


async def test_a_last_event_that_is_cut_is_not_taken(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send_in_chunks(stream(*text("a")) + b"data: " + STOP[:-4])
    given = await ask(scripted, "x")
    assert (given.text, given.code) == ("a", "incomplete")


def test_a_servers_own_reason_has_nothing_that_turns_or_hides_words() -> None:
    assert finish_reason_of({"finish_reason": "\u202eover\u200b\n and \u2066out"}) == "over and out"
