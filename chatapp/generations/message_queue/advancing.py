"""What makes a queued message a question: in the transaction that ends the answer before it, or when somebody asks."""

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.conversations import commands
from chatapp.conversations.commands import Exchange
from chatapp.generations import lifecycle
from chatapp.generations.message_queue import queries
from chatapp.generations.message_queue.queries import First
from chatapp.generations.queries import Answer
from chatapp.models import Status


async def advance(db: AsyncSession, conversation_id: str, ended_as: str) -> Answer | None:
    """Ask what waits first, now that the answer before it has ended; returns the answer to dispatch after the commit.

    An answer that did not complete has the queue wait for its owner, unless they asked for the first one to go at once.
    So does a message whose text is just being changed. The caller has locked the conversation, and ended its answer.
    """
    first = await queries.find_first(db, conversation_id)
    if first and (first.message.urgent or (ended_as == Status.COMPLETED and first.message.edited_text is None)):
        return await _ask(db, conversation_id, first)
    return None


async def go_on(db: AsyncSession, conversation_id: str) -> Answer | None:
    """Ask what waits first, whatever it waits for. The caller has locked the conversation, in which nothing is being
    answered."""
    first = await queries.find_first(db, conversation_id)
    return await _ask(db, conversation_id, first) if first else None


async def _ask(db: AsyncSession, conversation_id: str, first: First) -> Answer | None:
    """Make it the question that follows what the conversation shows, in the words that it has by now."""
    queued = first.message
    if not await queries.take(db, conversation_id, queued.id):
        return None
    edited = queued.edited_text or ""
    text = edited if edited.strip() else queued.text
    exchange = Exchange(text, queued.client_message_id, queued.model, question_id=queued.id)
    await commands.add_exchange(db, conversation_id, first.parent_id, exchange)
    await commands.show_answer(db, conversation_id, exchange.answer_id)
    generation_id = await lifecycle.queue(db, conversation_id, exchange.answer_id, queued.model)
    await lifecycle.set_parameters(db, generation_id, queued.parameters or {})
    return Answer(exchange.answer_id, generation_id, status=Status.QUEUED, model=queued.model, began_at=now())
