"""Reads the body of a chat completion request: which model, what was said so far, and what the answer must be like."""

import json
from dataclasses import dataclass
from typing import Any, Self

# The app's fixed lines; outside tests and the app rely on these beginnings, so they change only together.
TITLE_INSTRUCTION = "Write a short title for the conversation below."
CONTINUE_INSTRUCTION = "Continue exactly where your last answer stopped"

_CHARACTERS_PER_TOKEN = 4


class BadRequest(ValueError):
    """The body is no chat completion request; the text says why, for the one who sent it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation, as plain text."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat completion request, checked."""

    model: str
    messages: tuple[Message, ...]
    stream: bool
    include_usage: bool
    max_tokens: int | None

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The request in `body`. Raises BadRequest."""
        fields = _read_object(body)
        options = fields.get("stream_options")
        return cls(
            model=_read_text(fields, "model"),
            messages=_read_messages(fields.get("messages")),
            stream=fields.get("stream") is True,
            include_usage=isinstance(options, dict) and options.get("include_usage") is True,
            max_tokens=_read_max_tokens(fields),
        )

    @property
    def is_title(self) -> bool:
        """Whether the app asks for a conversation's title."""
        return any(message.role == "system" and message.text.startswith(TITLE_INSTRUCTION) for message in self.messages)

    @property
    def said_so_far(self) -> str:
        """The partial answer that is to be continued; empty when the request asks for a new one."""
        turns = self._turns_without_instruction()
        return turns[-1].text if turns and turns[-1].role == "assistant" else ""

    @property
    def question(self) -> str:
        """The last thing the person asked; empty when nobody asked anything."""
        turns = self._turns_without_instruction()
        return next((turn.text for turn in reversed(turns) if turn.role == "user"), "")

    @property
    def first_question(self) -> str:
        """The first thing the person asked; empty when nobody asked anything."""
        return next((message.text for message in self.messages if message.role == "user"), "")

    @property
    def prompt_tokens(self) -> int:
        """An estimate: four characters a token."""
        return -(-sum(len(message.text) for message in self.messages) // _CHARACTERS_PER_TOKEN)

    def _turns_without_instruction(self) -> tuple[Message, ...]:
        """The turns without the app's own instruction to go on, which no person wrote."""
        if len(self.messages) < 2 or self.messages[-2].role != "assistant":
            return self.messages
        last = self.messages[-1]
        asked_to_continue = last.role == "user" and last.text.startswith(CONTINUE_INSTRUCTION)
        return self.messages[:-1] if asked_to_continue else self.messages


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("We could not parse the JSON body of your request.") from error
    if not isinstance(fields, dict):
        raise BadRequest("The body of your request must be a JSON object.")
    return fields


def _read_text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"You must provide a {name} parameter.")
    return value


def _read_messages(value: object) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise BadRequest("'messages' must be a list with at least one message.")
    return tuple(_read_message(message, position) for position, message in enumerate(value))


def _read_message(value: object, position: int) -> Message:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        raise BadRequest(f"'messages[{position}]' must be an object with a role.")
    return Message(value["role"], _read_content(value.get("content"), position))


def _read_content(content: object, position: int) -> str:
    """The text of a content that is a string, absent (an assistant's tool calls) or a list of typed parts."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise BadRequest(f"'messages[{position}].content' must be a string or a list of parts.")
    texts = (part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text")
    return "".join(text for text in texts if isinstance(text, str))


def _read_max_tokens(fields: dict[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = fields.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadRequest(f"'{name}' must be a whole number of at least 1.")
        return value
    return None
