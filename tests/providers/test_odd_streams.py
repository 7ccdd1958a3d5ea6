"""Events of other shapes than OpenAI's are read, or left out, but never fatal; errors come in the server's words."""

import json

import pytest

from chatapp.providers.base import UsagePart
from chatapp.providers.openai_provider import OpenAIProvider
from tests.providers.answers import ask
from tests.providers.odd_streams import DONE, STOP, chunk, cut_anywhere, joined, stream, text, words
from tests.providers.scripted_server import ScriptedServer

KEEP_ALIVE = [
    b"data:\n\n",
    b"data: \n\n",
    b": OPENROUTER PROCESSING\n\n",
    b"data: ping\n\n",
    b"event: ping\ndata: {}\n\n",
    b'event: ping\ndata: {"type": "ping"}\n\n',
    b"event: keepalive\ndata: 2026-01-01 00:00\n\n",
    b"event: ping\n\n",
    b"data: null\n\n",
    b'data: {"choices": [], "prompt_filter_results": []}\n\n',
    b"id: 7\nretry: 100\n\n",
]


@pytest.mark.parametrize("noise", KEEP_ALIVE)
async def test_events_that_only_keep_the_connection_alive_are_left_out(
    scripted: OpenAIProvider, server: ScriptedServer, noise: bytes
) -> None:
    events = [stream(payload) for payload in (*text("Between ", "events."), STOP, DONE)]
    server.will_send_in_chunks(noise + noise.join(events) + noise)
    given = await ask(scripted, "x")
    assert (given.text, given.finish_reason, given.error) == ("Between events.", "stop", None)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("gap", [b"\n", b"\r\n", b"\r"])
async def test_events_one_a_line_are_an_answer(
    scripted: OpenAIProvider, server: ScriptedServer, gap: bytes, seed: int
) -> None:
    pieces = words(seed)
    server.will_send_in_chunks(*cut_anywhere(stream(*text(*pieces), STOP, DONE, gap=gap), seed))
    given = await ask(scripted, "x")
    assert (given.text, given.finish_reason, given.error) == (joined(pieces), "stop", None)


async def test_lines_of_json_without_a_name_are_an_answer(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    server.will_send_in_chunks(b"\n".join((*text("Lines ", "of JSON."), STOP)))
    given = await ask(scripted, "x")
    assert (given.text, given.error) == ("Lines of JSON.", None)


@pytest.mark.parametrize("raw", ["\t", "\x01", "\x0b", "\x1f", "\n", "\r"])
async def test_control_characters_that_json_forbids_are_text(
    scripted: OpenAIProvider, server: ScriptedServer, raw: str
) -> None:
    event = chunk({"content": "a?b"}).replace(b"?", raw.encode())
    server.will_send_in_chunks(stream(event, STOP, DONE))
    given = await ask(scripted, "x")
    assert (given.text, given.error) == (f"a{raw}b".replace("\r", "\n"), None)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("seed", range(3))
async def test_a_whole_completion_instead_of_a_stream_is_the_answer(
    scripted: OpenAIProvider, server: ScriptedServer, indent: int | None, content_type: str, seed: int
) -> None:
    message = {"role": "assistant", "reasoning_content": "Hm.", "content": joined(words(seed))}
    usage = {"prompt_tokens": 3, "completion_tokens": 5}
    body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}, indent=indent)
    server.will_send_in_chunks(*cut_anywhere(body.encode(), seed), content_type=content_type)
    given = await ask(scripted, "x")
    assert (given.text, given.reasoning, given.error) == (message["content"], "Hm.", None)
    assert given.usage == UsagePart(3, 5)


async def test_a_message_instead_of_a_delta_is_read(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    events = [{"choices": [{"message": {"content": piece}}]} for piece in ("In ", "messages.")]
    server.will_send_in_chunks(stream(*(json.dumps(event).encode() for event in events), STOP, DONE))
    assert (await ask(scripted, "x")).text == "In messages."


async def test_a_message_so_far_beside_each_delta_comes_once(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    def both(piece: str, so_far: str) -> bytes:
        choice = {"delta": {"content": piece}, "message": {"content": so_far}}
        return json.dumps({"choices": [choice]}).encode()

    whole = json.dumps({"choices": [{"delta": {}, "message": {"content": "Once."}, "finish_reason": "stop"}]})
    server.will_send_in_chunks(stream(both("On", "On"), both("ce.", "Once."), whole.encode(), DONE))
    assert (await ask(scripted, "x")).text == "Once."


def thinking(*pieces: str) -> list[dict[str, object]]:
    return [{"type": "thinking", "thinking": [{"type": "text", "text": piece}]} for piece in pieces]


CONTENTS = [
    [thinking("I think ", "twice. "), [{"type": "text", "text": "Seven"}], " apples."],
    [[*thinking("I think twice. "), {"type": "text", "text": "Seven apples."}]],
    [thinking("I think "), [{"type": "thinking", "thinking": "twice. "}], "Seven ", ["apples."]],
    [
        [{"type": "reasoning", "summary": [{"text": "I think twice. "}]}],
        [{"type": "output_text", "text": "Seven "}, {"type": "image_url", "image_url": {"url": "x"}}, None],
        {"type": "text", "text": "apples."},
    ],
]


@pytest.mark.parametrize("contents", CONTENTS)
async def test_content_in_blocks_is_told_apart(
    scripted: OpenAIProvider, server: ScriptedServer, contents: list[object]
) -> None:
    server.will_send_in_chunks(stream(*(chunk({"content": content}) for content in contents), STOP, DONE))
    given = await ask(scripted, "x")
    assert (given.reasoning, given.text, given.error) == ("I think twice. ", "Seven apples.", None)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking", "reasoning_details"])
@pytest.mark.parametrize(
    "shape",
    [
        lambda text: text,
        lambda text: {"text": text},
        lambda text: {"content": text},
        lambda text: [{"type": "reasoning.text", "text": text}],
        lambda text: [{"summary": text}, {"type": "reasoning.encrypted", "data": "x"}],
        lambda text: [text],
    ],
)
async def test_reasoning_as_object_or_list_is_reasoning(
    scripted: OpenAIProvider, server: ScriptedServer, field: str, shape: object
) -> None:
    assert callable(shape)
    thoughts = [chunk({field: shape(thought)}) for thought in ("I nee", "d to add.")]
    server.will_send_in_chunks(stream(*thoughts, *text("Twelve."), STOP, DONE))
    given = await ask(scripted, "x")
    assert (given.reasoning, given.text, given.error) == ("I need to add.", "Twelve.", None)


@pytest.mark.parametrize(
    "usage",
    [
        [1, 2],
        "many",
        7,
        {"prompt_tokens": "3", "completion_tokens": "n/a"},
        {"prompt_tokens": [1]},
        {"prompt_tokens": -1, "completion_tokens": 2},
        {"prompt_tokens": 2**40, "completion_tokens": 2},
        {"prompt_tokens": 1.5, "completion_tokens": True},
    ],
)
@pytest.mark.parametrize("place", ["usage", "x_groq"])
async def test_odd_usage_is_unknown(
    scripted: OpenAIProvider, server: ScriptedServer, usage: object, place: str
) -> None:
    last = {"choices": [], place: usage if place == "usage" else {"usage": usage}}
    server.will_send_in_chunks(stream(*text("a"), STOP, json.dumps(last).encode(), DONE))
    given = await ask(scripted, "x")
    assert (given.text, given.usage, given.error) == ("a", None, None)


async def test_usage_in_the_place_of_groq_is_read(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    last = chunk(finish="stop", x_groq={"id": "r", "usage": {"prompt_tokens": 3, "completion_tokens": 5}})
    server.will_send_in_chunks(stream(*text("a"), last, DONE))
    assert (await ask(scripted, "x")).usage == UsagePart(3, 5)


@pytest.mark.parametrize(
    "error",
    [
        {"code": 0, "message": ""},
        {"code": "0", "message": "success"},
        {},
        "",
        [],
        {"code": 0, "message": "All is well"},
    ],
)
@pytest.mark.parametrize("place", ["beside the text", "after the answer"])
async def test_an_error_that_is_none_fails_nothing(
    scripted: OpenAIProvider, server: ScriptedServer, error: object, place: str
) -> None:
    beside = {"error": error} if place == "beside the text" else {}
    after = [json.dumps({"choices": [], "error": error, "base_resp": {"status_code": 0, "status_msg": "ok"}}).encode()]
    last = after if place == "after the answer" else []
    server.will_send_in_chunks(stream(chunk({"content": "a"}, **beside), STOP, *last, DONE))
    given = await ask(scripted, "x")
    assert (given.text, given.error) == ("a", None)


WORDS = "The card has 8 GiB only"
ERRORS: list[object] = [
    {"error": {"message": WORDS, "code": 400}},
    {"error": WORDS},
    {"error": WORDS, "error_type": "validation"},
    {"object": "error", "message": WORDS, "type": "BadRequestError", "code": 400},
    {"type": "error", "error": {"type": "invalid_request_error", "message": WORDS}},
    {"detail": WORDS},
    {"message": WORDS, "code": 400},
    [{"error": {"code": 400, "message": WORDS, "status": "INVALID_ARGUMENT"}}],
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    ("before", "frame"),
    [
        ("", b"%b"),
        ("", b"%b\n"),
        ("", b"data: %b\n\ndata: [DONE]\n\n"),
        ("Some text. ", b"data: %b\n\ndata: [DONE]\n\n"),
        ("Some text. ", b"event: error\ndata: %b\n\n"),
        ("Some text. ", b"data: %b"),
        ("Some text. ", b"%b"),
    ],
)
async def test_an_error_of_any_shape_and_place_is_told_and_the_text_kept(
    scripted: OpenAIProvider, server: ScriptedServer, error: object, before: str, frame: bytes
) -> None:
    server.will_send_in_chunks(stream(*text(before)) * bool(before) + frame % json.dumps(error).encode())
    given = await ask(scripted, "x")
    assert given.text == before
    assert given.code not in ("", "incomplete", "malformed")


@pytest.mark.parametrize("data", [b"overloaded just now", b'{"message": "overloaded just now"}', b'"overloaded"'])
async def test_an_event_named_error_is_one(scripted: OpenAIProvider, server: ScriptedServer, data: bytes) -> None:
    server.will_send_in_chunks(stream(*text("Some text. ")) + b"event: error\ndata: " + data + b"\n\n")
    given = await ask(scripted, "x")
    assert given.text == "Some text. "
    assert given.code not in ("", "incomplete", "malformed")


@pytest.mark.parametrize("body", [b"<!doctype html><title>Sign in</title>\n\n<p>Please", b"no healthy upstream"])
async def test_words_or_a_page_instead_of_a_stream_are_no_answer(
    scripted: OpenAIProvider, server: ScriptedServer, body: bytes
) -> None:
    server.will_send(body)
    given = await ask(scripted, "x")
    assert given.text == ""
    assert given.code not in ("", "incomplete")


async def test_text_that_was_held_back_is_kept_when_the_answer_fails(
    scripted: OpenAIProvider, server: ScriptedServer
) -> None:
    server.will_send_in_chunks(stream(*text("a </thi"), b'{"error": {"message": "x", "code": 500}}'))
    assert (await ask(scripted, "x")).text == "a </thi"
