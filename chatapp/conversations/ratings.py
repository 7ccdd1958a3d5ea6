"""What a reader thinks of an answer: a thumb up or down, and if they like a note why."""

from typing import Literal

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries
from chatapp.conversations.text import clean
from chatapp.db import database
from chatapp.errors import Invalid
from chatapp.models import Role
from chatapp.streaming import notices

Rating = Literal[-1, 0, 1]
GOOD: Rating = 1
BAD: Rating = -1
UNRATED: Rating = 0

NOTE_MAX_CHARACTERS = 2_000


@database.retries
async def rate(principal: Principal, message_id: str, rating: Rating) -> str:
    """Say that an answer is good or bad, or nothing any more, which drops the note; returns what stands as a note.

    Raises NotFound, Invalid.
    """
    async with database.writing() as db:
        message, conversation = await queries.get_message(db, principal, message_id, to_change=True)
        if message.role != Role.ASSISTANT:
            raise Invalid("question_not_rated")
        message.rating = rating
        if rating == UNRATED:
            message.rating_note = ""
        note = message.rating_note
    await notices.conversation_changed(principal.user_id, conversation.id)
    return note


@database.retries
async def get_note(principal: Principal, message_id: str) -> str:
    """What this person has said of an answer. Raises NotFound."""
    async with database.reading() as db:
        message, _ = await queries.get_message(db, principal, message_id)
    return message.rating_note


@database.retries
async def set_note(principal: Principal, message_id: str, note: str) -> None:
    """Say why an answer was rated as it is. Raises NotFound, and Invalid when it is not rated."""
    async with database.writing() as db:
        message, _ = await queries.get_message(db, principal, message_id, to_change=True)
        if message.rating == UNRATED:
            raise Invalid("note_without_rating")
        message.rating_note = clean(note).strip()[:NOTE_MAX_CHARACTERS]
