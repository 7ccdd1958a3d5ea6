"""Understands the events of one streamed chat completion: payloads in, parts out. It does not read the socket."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatapp.providers.base import FinishPart, Part, ReasoningPart, TextPart, UsagePart
from chatapp.providers.explain import Explainer
from chatapp.providers.refusal import Refusal
from chatapp.providers.text_repair import TextRepair

DONE = b"[DONE]"

REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking")
"""DeepSeek, vLLM, LM Studio and llama.cpp; OpenRouter, Ollama and newer vLLM; a few proxies. One event may carry the
same text under two of these names, so only the first that is filled counts."""

# What `malformed` stands for: no JSON, JSON that is nested too deeply, or another shape than the protocol prescribes.
UNREADABLE = (ValueError, RecursionError, TypeError, AttributeError, LookupError)


class AnswerReader:
    """One answer. `is_done` after the server's last event, `has_finished` once it gave a reason to finish."""

    def __init__(self, explain: Explainer, model: str, max_characters: int) -> None:
        self._explain = explain
        self._model = model
        self._max_characters = max_characters
        self._characters = 0
        self._text = TextRepair()
        self._reasoning = TextRepair()
        self._finish_reason = ""
        self._usage: UsagePart | None = None
        self.is_done = False

    @property
    def has_finished(self) -> bool:
        """Whether the server said why the answer ends; whatever fails after that does no harm."""
        return self.is_done or bool(self._finish_reason)

    def read(self, payload: bytes) -> list[Part]:
        """The text that one event brings; usage and finish are kept for `end`. Raises ProviderError."""
        if payload == DONE:
            self.is_done = True
            return []
        try:
            # Decoded here and strictly: json.loads(bytes) would let half a surrogate pair pass as UTF-8.
            event = json.loads(payload.decode())
            if event.get("error"):
                raise self._explain.refusal(Refusal.read(0, event), self._model)
            parts = self._read_event(event)
        except UNREADABLE as error:
            raise self._explain.malformed() from error
        self._check_size()
        return parts

    def end(self) -> Iterator[Part]:
        """What is left when no more events come. Raises ProviderError when the server gave no reason to finish."""
        if held_back := self._reasoning.end():
            yield ReasoningPart(held_back)
        if held_back := self._text.end():
            yield TextPart(held_back)
        if self._usage:
            yield self._usage
        if not self._finish_reason:
            raise self._explain.broken_off()
        yield FinishPart(self._finish_reason)

    def _read_event(self, event: Mapping[str, Any]) -> list[Part]:
        if usage := event.get("usage"):
            self._usage = UsagePart(int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
        if not (choices := event.get("choices")):
            return []
        choice = choices[0]
        if reason := choice.get("finish_reason"):
            self._finish_reason = str(reason)
        delta = choice.get("delta")
        return self._read_delta(delta) if delta else []

    def _read_delta(self, delta: Mapping[str, Any]) -> list[Part]:
        parts: list[Part] = []
        for field in REASONING_FIELDS:
            if thought := delta.get(field):
                if thought := self._take(self._reasoning, thought):
                    parts.append(ReasoningPart(thought))
                break
        # A refusal is what the model says instead of an answer, so it is shown as one.
        if (text := delta.get("content") or delta.get("refusal")) and (text := self._take(self._text, text)):
            parts.append(TextPart(text))
        return parts

    def _take(self, repair: TextRepair, piece: str) -> str:
        text = repair.mend(piece)
        self._characters += len(text)
        return text

    def _check_size(self) -> None:
        if self._characters > self._max_characters:
            raise self._explain.answer_too_large(self._max_characters)
