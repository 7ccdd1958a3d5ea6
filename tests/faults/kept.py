"""What the stack's PostgreSQL holds of questions and their answers, read beside chatapp and without its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from tests.waiting import until_sync

FINAL = frozenset({"completed", "stopped", "failed", "interrupted"})

ANSWERS: LiteralString = """
SELECT question.text, generation.status, generation.text
FROM message AS question
LEFT JOIN message AS answer ON answer.parent_id = question.id
LEFT JOIN generation ON generation.message_id = answer.id
WHERE question.role = 'user' AND question.text = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row for each try at an answer; a question that has none is there with an empty state."""

    question: str
    status: str
    text: str


class Database:
    """Reads a PostgreSQL by its SQLAlchemy address."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("+psycopg", "")
        self.connect()

    def connect(self) -> None:
        """Connect (again), as soon as it can be reached."""
        until_sync(self._is_connected, seconds=60, what="PostgreSQL")

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _is_connected(self) -> bool:
        try:
            self._connection = psycopg.connect(self._url, autocommit=True)
        except psycopg.OperationalError:
            return False
        return True

    def answers(self, questions: Sequence[str]) -> list[Kept]:
        """What is kept of `questions`."""
        rows = self._connection.execute(ANSWERS, [list(questions)]).fetchall()
        return [Kept(question, status or "", text or "") for question, status, text in rows]

    def wait_for_questions(self, questions: Sequence[str]) -> None:
        """Wait until each of them is stored."""
        until_sync(
            lambda: len(self.answers(questions)) >= len(questions), seconds=20, what="the questions in the table"
        )

    def wait_for_ends(self, questions: Sequence[str], *, seconds: float = 40) -> dict[str, Kept]:
        """Wait until no answer is under way; returns them by question. Fails when one is missing or doubled."""
        until_sync(
            lambda: all(kept.status in FINAL for kept in self.answers(questions)), seconds=seconds, what="the ends"
        )
        found = self.answers(questions)
        assert sorted(kept.question for kept in found) == sorted(questions), found
        return {kept.question: kept for kept in found}
