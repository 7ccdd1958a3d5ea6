"""Remembers which answers were asked for and what was sent, so that tests compare it with what a screen shows."""

import hashlib
import time
from collections import deque
from typing import Any, Literal

_QUESTION_CHARACTERS = 200

Kind = Literal["chat", "title"]
Closer = Literal["server", "client"]


class LogEntry:
    """One request for an answer, kept up to date while the answer is sent. Times are seconds since the epoch."""

    def __init__(self, kind: Kind, model: str, question: str) -> None:
        self.kind = kind
        self.model = model
        self.question = question[:_QUESTION_CHARACTERS]
        self.received_at = time.time()
        self.first_part_at: float | None = None
        self.last_part_at: float | None = None
        self.parts = 0
        self.characters = 0
        self.status: int | None = None
        self.closed_by: Closer | None = None
        self.closed_at: float | None = None
        self._digest = hashlib.sha256()

    def sent(self, parts: list[str]) -> None:
        """Take note of parts of the answer's text; reasoning is not part of it."""
        self.last_part_at = time.time()
        self.first_part_at = self.first_part_at or self.last_part_at
        self.parts += len(parts)
        text = "".join(parts)
        self.characters += len(text)
        # A lone surrogate has no UTF-8; hashing it all the same keeps the entry of such an answer distinct.
        self._digest.update(text.encode("utf-8", "surrogatepass"))

    def close(self, by: Closer) -> None:
        """Take note of the end, and whose it was."""
        self.closed_by = by
        self.closed_at = time.time()

    def as_json(self) -> dict[str, Any]:
        """The entry as `GET /log` shows it; `closed_by` is null while the answer is being sent."""
        return {
            "kind": self.kind,
            "model": self.model,
            "question": self.question,
            "status": self.status,
            "received_at": self.received_at,
            "first_part_at": self.first_part_at,
            "last_part_at": self.last_part_at,
            "parts": self.parts,
            "characters": self.characters,
            "sha256": self._digest.hexdigest(),
            "closed_by": self.closed_by,
            "closed_at": self.closed_at,
        }


class RequestLog:
    """The newest requests, oldest first; older ones than `size` are forgotten."""

    def __init__(self, size: int = 10_000) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=size)

    def open(self, kind: Kind, model: str, question: str) -> LogEntry:
        """A new entry for a request that has just arrived."""
        entry = LogEntry(kind, model, question)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all requests; those being answered go on unseen."""
        self._entries.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """All entries, newest last."""
        return [entry.as_json() for entry in self._entries]
