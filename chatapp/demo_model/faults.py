"""How each scripted fault reaches the client: what is written instead of, or after, an answer in good order."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from chatapp.demo_model.answer import Answer
from chatapp.demo_model.openai_format import error_body
from chatapp.demo_model.script import Fault

# Enough to see on a screen, and fewer than any scripted answer has that is to break off.
PARTS_BEFORE_FAULT = 12
DRIP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fault that is a plain HTTP response."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


REFUSALS = {
    Fault.UNAUTHORIZED: Refusal(401, error_body("Incorrect API key provided.", code="invalid_api_key")),
    Fault.RATE_LIMITED: Refusal(
        429,
        error_body("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
        {"retry-after": "7"},
    ),
    Fault.SERVER_ERROR: Refusal(
        500, error_body("The server had an error while processing your request.", "server_error")
    ),
}


async def stream(answer: Answer, fault: Fault | None) -> None:
    """Stream `answer` and let it run into `fault`, which must not be one of REFUSALS."""
    await answer.connection.begin_stream()
    if fault is Fault.STALL:
        await _for_ever()
    await answer.stream_reasoning()
    strike = _STRIKES.get(fault) if fault else None
    if strike is None:
        await _end_in_good_order(answer)
    else:
        await answer.stream_text(PARTS_BEFORE_FAULT)
        await strike(answer)


async def send_whole(answer: Answer, fault: Fault | None) -> None:
    """Send `answer` in one body. Faults of the event stream have no meaning there; those of the connection have."""
    if fault in (Fault.STALL, Fault.IDLE, Fault.DRIP):
        await _for_ever()
    elif fault in (Fault.RESET, Fault.DROP):
        answer.connection.reset()
    else:
        await answer.send_whole()


async def _for_ever() -> None:
    """Wait until the client has had enough: then this is cancelled."""
    await asyncio.get_running_loop().create_future()


async def _end_in_good_order(answer: Answer) -> None:
    await answer.stream_text()
    await answer.stream_finish()
    await answer.stream_done()
    await answer.connection.end_stream()


async def _reset(answer: Answer) -> None:
    answer.connection.reset()


async def _idle(_: Answer) -> None:
    await _for_ever()


async def _drip(answer: Answer) -> None:
    event = answer.frame(answer.completion.part_event("This word takes minutes to arrive."))
    for byte in cycle(event):
        await answer.connection.write_chunk(bytes([byte]))
        await asyncio.sleep(DRIP_SECONDS)


async def _drop(answer: Answer) -> None:
    event = answer.frame(answer.completion.part_event("The connection closes within this"))
    await answer.connection.drop_within_chunk(event)


async def _end_without_finish(answer: Answer) -> None:
    await answer.connection.end_stream()


async def _end_without_done(answer: Answer) -> None:
    await answer.stream_text()
    await answer.stream_finish()
    await answer.connection.end_stream()


async def _bad_json(answer: Answer) -> None:
    await answer.send_events([b'{"id": "chatcmpl-demo", "choices": [{"index": 0, "delta": {"content": "bro'])
    await _end_in_good_order(answer)


async def _bad_utf8(answer: Answer) -> None:
    # 0xFF occurs nowhere in UTF-8; 0xC3 is half a character.
    await answer.send_events([answer.completion.part_event("?").replace(b'"?"', b'" caf\xff \xc3"')])
    await _end_in_good_order(answer)


async def _mixed_line_endings(answer: Answer) -> None:
    endings = cycle([b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n"])
    intros = cycle([b"data: ", b": a comment\r\n\r\ndata: ", b"event: message\r\ndata:", b":\ndata: "])
    answer.frame = lambda event: next(intros) + event + next(endings)
    await _end_in_good_order(answer)


async def _error_event(answer: Answer) -> None:
    error = error_body("The model has been overloaded in the middle of its answer.", "server_error", "overloaded")
    await answer.send_events([json.dumps(error).encode()])
    await answer.connection.end_stream()


_STRIKES: dict[Fault, Callable[[Answer], Awaitable[None]]] = {
    Fault.RESET: _reset,
    Fault.IDLE: _idle,
    Fault.DRIP: _drip,
    Fault.DROP: _drop,
    Fault.NO_FINISH: _end_without_finish,
    Fault.NO_DONE: _end_without_done,
    Fault.BAD_JSON: _bad_json,
    Fault.BAD_UTF8: _bad_utf8,
    Fault.CRLF: _mixed_line_endings,
    Fault.ERROR_EVENT: _error_event,
}
