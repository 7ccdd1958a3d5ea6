"""Gives a conversation a title by the model after its first answer. A small job of its own: losing it loses nothing."""

from dataclasses import dataclass

from chatapp.conversations import queries
from chatapp.db import database
from chatapp.errors import ChatappError
from chatapp.generations import queries as generation_queries
from chatapp.log import get_logger
from chatapp.models import Conversation, Role, Status, TitleSource
from chatapp.settings import Settings
from chatapp.streaming import notices
from chatapp.titles.request import request_title

log = get_logger(__name__)

MAX_MESSAGES = 6
"""A conversation that has gone on longer keeps its plain title: the model has been asked for a better one in vain."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What a title is made from."""

    owner_id: str
    model: str
    question: str
    answer: str


async def run(conversation_id: str, settings: Settings) -> None:
    """Title the conversation unless a person or a model has done so, or the model cannot: the plain title stays."""
    if not settings.auto_title:
        return
    opening = await _find_opening(conversation_id)
    if opening is None:
        return
    try:
        has_other_processes = bool(settings.redis_url)
        title = await request_title(
            opening.model, opening.question, opening.answer, has_other_processes=has_other_processes
        )
    except ChatappError as error:
        log.info("title_failed", conversation_id=conversation_id, error=error.code)
        return
    if title:
        await _store(conversation_id, title)
        await notices.title_changed(opening.owner_id, conversation_id)


async def _find_opening(conversation_id: str) -> _Opening | None:
    async with database.reading() as db:
        conversation = await queries.find_conversation(db, conversation_id)
        if conversation is None or conversation.title_source != TitleSource.QUESTION:
            return None
        path = await queries.list_path(db, conversation_id, conversation.active_leaf_id, MAX_MESSAGES)
        if not path or path[0].parent_id is not None:
            return None
        answers = await generation_queries.list_answers(db, [m.id for m in path[1:2]])
    answer = next(iter(answers.values()), None)
    if answer is None or answer.status != Status.COMPLETED or path[0].role != Role.USER:
        return None
    return _Opening(conversation.owner_id, answer.model, path[0].text, answer.text)


async def _store(conversation_id: str, title: str) -> None:
    async with database.writing() as db:
        conversation: Conversation | None = await queries.find_conversation(db, conversation_id)
        if conversation and conversation.title_source == TitleSource.QUESTION:  # renamed meanwhile: the person wins
            conversation.title = title
            conversation.title_source = TitleSource.MODEL
