"""Understands the events of one streamed chat completion: events in, parts out. It does not read the socket."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatapp.errors import ProviderError
from chatapp.providers import stream_errors
from chatapp.providers.base import FinishPart, Part, ReasoningPart, SourcesPart, TextPart, TextWasReasoning, UsagePart
from chatapp.providers.content import blocks_of, reasoning_of, usage_of
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.refusal import Refusal
from chatapp.providers.sources import Sources
from chatapp.providers.sse import DONE, Event
from chatapp.providers.text_repair import TextRepair
from chatapp.providers.thinking_tags import ThinkingTags

UNREADABLE = (ValueError, RecursionError, TypeError, AttributeError, LookupError)
"""What `malformed` stands for: no JSON, JSON that is nested too deeply, or another shape than any that is known."""

_USUAL = frozenset({"id", "object", "created", "model", "choices", "system_fingerprint", "service_tier"})
"""What stands in every event and is not looked at: there are thousands."""

_decode = json.JSONDecoder(strict=False).decode  # some servers leave control characters as they are


class AnswerReader:
    """One answer. `is_done` after the server's last event; `has_failed` once there is no more to be read of it."""

    def __init__(self, explain: ErrorTranslator, model: str, max_characters: int) -> None:
        self._explain = explain
        self._model = model
        self._max_characters = max_characters
        self._characters = 0
        self._text = TextRepair()
        self._reasoning = TextRepair()
        self._tags = ThinkingTags()
        self._sources = Sources()
        self._usage: UsagePart | None = None
        self._finish_reason = ""
        self._finish_came_alone = False  # in an event without text, as one that is meant
        self._is_finish_doubtful = False  # text came after one
        self._has_deltas = False
        self._has_answer = False
        self._said: object = None  # what came instead of an answer and is no error
        self._failure: ProviderError | None = None
        self.is_done = False

    @property
    def has_failed(self) -> bool:
        """Whether `end` will raise, whatever else comes."""
        return self._failure is not None

    @property
    def has_finished(self) -> bool:
        """Whether the server said why the answer ends; whatever fails after that does no harm.

        Some say so in every event: once text has come after a reason, only one that comes without text counts.
        """
        return self.is_done or bool(self._finish_reason and (self._finish_came_alone or not self._is_finish_doubtful))

    @property
    def expects_no_text(self) -> bool:
        """Whether only usage and the end can be missing. A reason that comes with text may be one of many."""
        return self.is_done or bool(self._finish_reason and self._finish_came_alone)

    def read(self, event: Event) -> list[Part]:
        """The text that one event brings; usage, finish and failure are kept for `end`."""
        data = event.data.strip()
        if data == DONE:
            self.is_done = True
        if data == DONE or not data or self._failure:
            return []
        parts: list[Part] = []
        try:
            self._take(event, data, parts)
        except UNREADABLE:
            self.fail(self._explain.malformed())
        if self._characters > self._max_characters:
            self.fail(self._explain.answer_too_large(self._max_characters))
            return []
        return parts

    def read_whole(self, body: bytes) -> str:
        """The text of an answer that comes in one piece, however it ended. Raises ProviderError."""
        parts = self.read(Event(body))
        if self._has_answer:
            self._finish_reason = self._finish_reason or "stop"
        else:
            self.fail(self._why_none())
        text = ""
        for part in (*parts, *self.end()):
            if isinstance(part, TextWasReasoning):
                text = ""
            elif isinstance(part, TextPart):
                text += part.text
        return text

    def fail(self, error: ProviderError) -> None:
        """Have `end` raise this, unless something else failed before."""
        self._failure = self._failure or error

    def end(self) -> Iterator[Part]:
        """What is left when no more events come. Raises ProviderError when the answer failed, or is not whole."""
        left: list[Part] = []
        if held_back := self._reasoning.end():
            left.append(ReasoningPart(held_back))
        left += self._tags.feed(self._text.end())
        yield from (*left, *self._tags.end())
        if self._usage:
            yield self._usage
        if failure := self._failure or self._why_incomplete():
            raise failure
        yield FinishPart(self._finish_reason or "stop")

    def _take(self, event: Event, data: bytes, parts: list[Part]) -> None:
        if not data.startswith((b"{", b"[")):
            self._take_words(event, data)
            return
        # Decoded strictly: json.loads(bytes) would let half a surrogate pair pass as UTF-8.
        decoded = _decode(data.decode())
        if isinstance(decoded, list):
            for found in decoded:
                self._take_event(found, event.name, parts)
        else:
            self._take_event(decoded, event.name, parts)

    def _take_words(self, event: Event, data: bytes) -> None:
        words = data.decode(errors="replace")
        if event.name == b"error":
            self._refuse(words)
        elif not event.name and not self._has_answer and not stream_errors.is_ping(words):
            self._said = self._said or words

    def _take_event(self, event: Mapping[str, Any], name: bytes, parts: list[Part]) -> None:
        choices = event.get("choices")
        if choices:
            self._take_choice(choices[0] or {}, parts)
        if not choices or not event.keys() <= _USUAL or name:
            self._take_rest(event, name, parts)

    def _take_rest(self, event: Mapping[str, Any], name: bytes, parts: list[Part]) -> None:
        """What stands beside the choices, which few events have."""
        if usage := usage_of(event):
            self._usage = usage
        if self._sources.take_event(event):
            parts.append(SourcesPart(self._sources.all()))
        if not event.get("choices") and stream_errors.speaks(event):
            self._said = self._said or event
        if error := stream_errors.error_of(event, name, has_finished=self.has_finished):
            self._refuse(error)

    def _take_choice(self, choice: Mapping[str, Any], parts: list[Part]) -> None:
        if message := choice.get("delta"):
            self._has_deltas = True
        elif not self._has_deltas:  # Perplexity sends each delta beside the whole message so far
            message = choice.get("message")
        has_text = False
        if message:
            self._has_answer = True
            has_text = self._take_message(message, parts)
        if has_text and self._finish_reason:
            self._finish_reason, self._is_finish_doubtful = "", True
        if choice.get("finish_reason") and (reason := stream_errors.finish_reason_of(choice)):
            self._finish_reason, self._finish_came_alone = reason, not has_text
        if "error" in choice and (error := stream_errors.error_of_choice(choice)):
            self._refuse(error)

    def _take_message(self, message: Mapping[str, Any], parts: list[Part]) -> bool:
        """Returns whether it brings text or reasoning."""
        thought = reasoning_of(message)
        if thought:
            self._take_thought(thought, parts)
        # A refusal is what the model says instead of an answer, so it is shown as one.
        content = message.get("content") or message.get("refusal")
        if isinstance(content, str):
            self._take_text(content, parts)
        elif content:
            self._take_blocks(content, parts)
        if len(message) > 1 and self._sources.take_message(message):
            parts.append(SourcesPart(self._sources.all()))
        return bool(thought or content)

    def _take_blocks(self, content: object, parts: list[Part]) -> None:
        for block in blocks_of(content):
            if isinstance(block, TextPart):
                self._take_text(block.text, parts)
            elif isinstance(block, ReasoningPart):
                self._take_thought(block.text, parts)
            elif self._sources.note(block.get("annotations") or block):
                parts.append(SourcesPart(self._sources.all()))

    def _take_text(self, piece: str, parts: list[Part]) -> None:
        text = self._text.mend(piece)
        self._characters += len(text)
        parts += self._tags.feed(text)

    def _take_thought(self, piece: str, parts: list[Part]) -> None:
        thought = self._reasoning.mend(piece)
        self._characters += len(thought)
        self._tags.settle()
        if thought:
            parts.append(ReasoningPart(thought))

    def _refuse(self, body: object) -> None:
        self.fail(self._explain.refusal(Refusal.read(0, body), self._model))

    def _why_incomplete(self) -> ProviderError | None:
        if self._finish_reason in stream_errors.FAILED:
            return self._explain.gave_up(self._finish_reason)
        if self._finish_reason or (self.is_done and self._tags.has_text):
            return None
        return self._why_none() if self._said and not self._has_answer else self._explain.broken_off()

    def _why_none(self) -> ProviderError:
        if not self._said:
            return self._explain.malformed()
        return self._explain.refusal(Refusal.read(0, self._said), self._model)
