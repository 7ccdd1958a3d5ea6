"""What people think of the answers they get, for whoever runs chatapp."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from chatapp.db import database
from chatapp.generations import queries

AT_ONCE = 200
"""Answers whose texts are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Rated:
    """An exchange that somebody has rated: 1 good, -1 bad. `model` is an endpoint and a model's id."""

    username: str
    answered_at: datetime
    conversation_id: str
    message_id: str
    model: str
    rating: int
    note: str
    question: str
    answer: str


async def list_rated() -> AsyncGenerator[Rated, None]:
    """All rated answers, the oldest first; of everybody, so for the operator alone."""
    async with database.reading() as db:
        rated = await queries.list_rated(db)
        for start in range(0, len(rated), AT_ONCE):
            some = rated[start : start + AT_ONCE]
            answers = await queries.list_answers(db, [one.message_id for one in some])
            for one in some:
                answer = answers[one.message_id]
                yield Rated(
                    username=one.username,
                    answered_at=one.answered_at,
                    conversation_id=one.conversation_id,
                    message_id=one.message_id,
                    model=answer.model,
                    rating=one.rating,
                    note=one.note,
                    question=one.question or "",
                    answer=answer.text,
                )
