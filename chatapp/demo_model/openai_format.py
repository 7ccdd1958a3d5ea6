"""The shapes of OpenAI's chat completions API: events of a stream, whole completions, the model list, errors."""

import json
import time
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

MODEL_ID = "demo"

FinishReason = Literal["stop", "length"]

# Text leaves as UTF-8, as from most servers, not as \\u escapes: clients meet characters cut in two by the network.
_encode_text = json.JSONEncoder(ensure_ascii=False).encode
_numbers = count(1)


def to_bytes(text: str) -> bytes:
    """JSON text as UTF-8; a lone surrogate becomes its JSON escape, the only form in which it can travel."""
    return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request, reasoning counted among the completion's."""

    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int

    def as_json(self) -> dict[str, Any]:
        """As it stands in a completion and in a stream's usage event."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
        }


class Completion:
    """Everything that the events of one answer, or the one body it is sent in, have in common."""

    def __init__(self, model: str) -> None:
        self._id = f"chatcmpl-demo-{next(_numbers)}"
        self._created = int(time.time())
        self._model = model
        head = json.dumps({**self._head("chat.completion.chunk"), "choices": []})
        self._before_delta = to_bytes(head.removesuffix("]}")) + b'{"index": 0, "delta": '
        self._role = b'"role": "assistant", '

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._model}

    def part_event(self, text: str, field: Literal["content", "reasoning_content"] = "content") -> bytes:
        """The JSON of an event that carries one part; put together by hand, since thousands are made a second."""
        role, self._role = self._role, b""
        part = b'{%b"%b": %b}' % (role, field.encode(), to_bytes(_encode_text(text)))
        return b'%b%b, "finish_reason": null}]}' % (self._before_delta, part)

    def finish_event(self, reason: FinishReason) -> bytes:
        """The JSON of the event that says why the answer ends."""
        return b'%b{}, "finish_reason": "%b"}]}' % (self._before_delta, reason.encode())

    def usage_event(self, usage: Usage) -> bytes:
        """The JSON of the event without choices that ends a stream asked for with `include_usage`."""
        return json.dumps({**self._head("chat.completion.chunk"), "choices": [], "usage": usage.as_json()}).encode()

    def whole(self, text: str, reasoning: str, reason: FinishReason, usage: Usage) -> dict[str, Any]:
        """The body of an answer that is not streamed."""
        message = {"role": "assistant", "content": text}
        if reasoning:
            message["reasoning_content"] = reasoning
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage.as_json()}


def model_list(created: int) -> dict[str, Any]:
    """The body of `GET /v1/models`."""
    model = {"id": MODEL_ID, "object": "model", "created": created, "owned_by": "chatapp"}
    return {"object": "list", "data": [model]}


def error_body(message: str, kind: str = "invalid_request_error", code: str | None = None) -> dict[str, Any]:
    """The body of every refusal, and of an error inside a stream."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
