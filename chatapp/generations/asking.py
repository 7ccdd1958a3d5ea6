"""Asking a question: one transaction stores it with its empty answer, and the answer is dispatched after the commit."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations import chat_settings, commands
from chatapp.conversations import queries as conversation_queries
from chatapp.conversations.commands import Exchange
from chatapp.conversations.drafts import NEW
from chatapp.conversations.text import check_question
from chatapp.conversations.titles import fallback_title
from chatapp.db import database
from chatapp.errors import Invalid, TooMany
from chatapp.generations.message_queue import advancing
from chatapp.generations.message_queue import queries as queue_queries
from chatapp.generations.queries import Answer
from chatapp.generations.service import announce_and_start, check_may_ask, count_question, is_free, queue
from chatapp.models import Conversation, Status
from chatapp.settings import current
from chatapp.streaming import notices

MAX_QUEUED = 20
"""How many questions of one conversation may wait."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a question went. `is_new` says that it began the conversation, which is then called `title`, `is_queued`
    that it waits for its turn.

    `answer` is the one that begins now: to this question or, when it waits, to one that waited before it. It is None
    when that has to wait too, and when this send had come before.
    """

    conversation_id: str
    message_id: str
    is_new: bool
    title: str = ""
    answer: Answer | None = None
    is_queued: bool = False

    @property
    def generation_id(self) -> str:
        """The generation that writes the answer; "" without one."""
        return self.answer.generation_id if self.answer else ""


@database.retries
async def post_message(
    principal: Principal, conversation_id: str, text: str, client_message_id: str, model: str
) -> Posted:
    """Store a question with its empty answer and have a model write it; "" starts a conversation.

    While another answer of this conversation is being written, or other questions wait, it waits behind them; those
    that waited for their owner go on. Sending the same `client_message_id` again returns what the first send made.
    Raises Invalid (empty, too long), TooMany and NotFound.
    """
    if not client_message_id:  # the state of the tab knows no box yet
        raise Invalid("send_out_of_date")
    exchange = Exchange(check_question(text, current().message_max_characters), client_message_id, model)
    try:
        posted = await _store(principal, conversation_id, exchange)
    except IntegrityError:
        begun = None if conversation_id else await _find_begun(principal, client_message_id)
        if begun is None:
            raise
        return begun
    if posted.generation_id:
        await announce_and_start(principal, posted.conversation_id, posted.generation_id)
    elif posted.is_queued:
        await notices.conversation_changed(principal.user_id, posted.conversation_id)
    return posted


async def _store(principal: Principal, conversation_id: str, exchange: Exchange) -> Posted:
    async with database.writing() as db:
        if not conversation_id:
            posted = await _begin(db, principal, exchange)
        else:
            posted = await _go_on(db, principal, conversation_id, exchange)
        if posted.answer or posted.is_queued:
            await conversation_queries.remove_draft(db, principal, conversation_id or NEW)
        return posted


async def _begin(db: AsyncSession, principal: Principal, exchange: Exchange) -> Posted:
    """A conversation of this question. IntegrityError, before anything is counted: this send has come before."""
    title = fallback_title(exchange.text)
    conversation_id = await commands.add_conversation(db, principal, title, exchange)
    await check_may_ask(db, principal)
    await commands.add_exchange(db, conversation_id, None, exchange)
    answer = await queue(db, conversation_id, exchange.answer_id, exchange.model)
    return Posted(conversation_id, exchange.question_id, is_new=True, title=title, answer=answer)


async def _go_on(db: AsyncSession, principal: Principal, conversation_id: str, exchange: Exchange) -> Posted:
    conversation = await conversation_queries.get_conversation(db, principal, conversation_id)
    if earlier_id := await conversation_queries.find_by_client_id(db, conversation_id, exchange.client_message_id):
        return Posted(conversation_id, earlier_id, is_new=False)
    waiting = await queue_queries.count(db, conversation_id)
    if waiting >= MAX_QUEUED:
        raise TooMany("queue_full", limit=MAX_QUEUED)
    await count_question(principal)
    is_next = await is_free(db, principal, conversation_id)
    if waiting or not is_next:
        return await _wait(db, conversation, exchange, goes_on=is_next)
    await commands.add_exchange(db, conversation_id, conversation.active_leaf_id, exchange)
    await commands.show_answer(db, conversation_id, exchange.answer_id, exchange.model)
    answer = await queue(db, conversation_id, exchange.answer_id, exchange.model)
    return Posted(conversation_id, exchange.question_id, is_new=False, answer=answer)


async def _wait(db: AsyncSession, conversation: Conversation, exchange: Exchange, *, goes_on: bool) -> Posted:
    """Put a question behind those that wait; with nothing to wait for, they go on. Later ones go to its model too."""
    chosen = await chat_settings.for_answer(db, conversation.id)
    await queue_queries.add(db, conversation.id, exchange, chosen.parameters)
    conversation.model = exchange.model
    answer = await advancing.advance(db, conversation.id, Status.COMPLETED) if goes_on else None
    return Posted(conversation.id, exchange.question_id, is_new=False, answer=answer, is_queued=True)


async def _find_begun(principal: Principal, client_message_id: str) -> Posted | None:
    async with database.reading() as db:
        begun = await conversation_queries.find_by_first_message(db, principal, client_message_id)
    return Posted(begun[0], begun[1] or "", is_new=True) if begun else None
