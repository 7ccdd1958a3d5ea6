"""Plays one script to one client, as a stream of events or in one body, and keeps the request's log entry true."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice

from chatapp.demo_model.chat_request import ChatRequest
from chatapp.demo_model.connection import Connection
from chatapp.demo_model.openai_format import Completion, FinishReason, Usage
from chatapp.demo_model.pacing import paced
from chatapp.demo_model.request_log import LogEntry
from chatapp.demo_model.script import Script


def usual_frame(event: bytes) -> bytes:
    """An event as nearly every server writes it."""
    return b"data: %b\n\n" % event


class Answer:
    """One answer on its way. Its parts are taken from the script as they are sent, never more than max_tokens."""

    def __init__(self, connection: Connection, request: ChatRequest, script: Script, entry: LogEntry) -> None:
        self.connection = connection
        self.completion = Completion(request.model)
        self.finish_reason: FinishReason = "stop"
        self.frame: Callable[[bytes], bytes] = usual_frame
        self._request = request
        self._script = script
        self._entry = entry
        self._tokens = 0
        self._reasoning_tokens = 0
        self._parts = iter(script.parts)
        self._delay_seconds = script.delay_seconds

    async def stream_reasoning(self) -> None:
        """Send all of the script's reasoning."""
        async for batch in self._reasoning():
            await self.send_events(self.completion.part_event(part, "reasoning_content") for part in batch)

    async def stream_text(self, count: int | None = None) -> None:
        """Send the next `count` parts of the text, by default all that are left."""
        async for batch in self._text(count):
            frames = self._framed(self.completion.part_event(part) for part in batch)
            self._entry.sent(batch)
            await self.connection.write_chunk(frames)

    async def stream_finish(self) -> None:
        """Send why the answer ends, and its usage where that was asked for."""
        await self.send_events([self.completion.finish_event(self.finish_reason)])
        if self._request.include_usage:
            await self.send_events([self.completion.usage_event(self._usage())])

    async def stream_done(self) -> None:
        """Send the stream's own end mark."""
        await self.send_events([b"[DONE]"])

    async def send_events(self, events: Iterable[bytes]) -> None:
        """Send events, whatever is in them."""
        await self.connection.write_chunk(self._framed(events))

    async def send_whole(self) -> None:
        """Send the answer in one body, after the time that streaming it would have taken."""
        reasoning = [part async for batch in self._reasoning() for part in batch]
        parts = [part async for batch in self._text() for part in batch]
        self._entry.sent(parts)
        body = self.completion.whole("".join(parts), "".join(reasoning), self.finish_reason, self._usage())
        await self.connection.send_json(200, body)

    async def _reasoning(self) -> AsyncIterator[list[str]]:
        async for batch in self._paced(self._script.reasoning):
            self._reasoning_tokens += len(batch)
            yield batch

    def _text(self, count: int | None = None) -> AsyncIterator[list[str]]:
        return self._paced(islice(self._parts, count))

    def _paced(self, parts: Iterable[str]) -> AsyncIterator[list[str]]:
        delay_seconds, self._delay_seconds = self._delay_seconds, 0.0
        rate = self._script.rate_per_second
        return paced(self._within_budget(parts), rate_per_second=rate, delay_seconds=delay_seconds)

    def _within_budget(self, parts: Iterable[str]) -> Iterator[str]:
        for part in parts:
            if self._tokens == self._request.max_tokens:
                self.finish_reason = "length"
                return
            self._tokens += 1
            yield part

    def _framed(self, events: Iterable[bytes]) -> bytes:
        return b"".join(self.frame(event) for event in events)

    def _usage(self) -> Usage:
        return Usage(self._request.prompt_tokens, self._tokens, self._reasoning_tokens)
