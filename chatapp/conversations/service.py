"""What a person can do with conversations: one function a use case, the principal first, one transaction each.

A foreign id is NotFound everywhere. Work is dispatched and notices are published after the commit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp import database
from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import additions, queries
from chatapp.conversations.additions import Exchange
from chatapp.conversations.text import check_question, clean
from chatapp.conversations.titles import fallback_title
from chatapp.errors import Invalid
from chatapp.generations import service as generations
from chatapp.models import Draft, TitleSource
from chatapp.reading.history import History, of_first
from chatapp.settings import current
from chatapp.streaming import notices

TITLE_MAX_CHARACTERS = 120
NEW = "new"
"""The draft key of a conversation that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a question went. `is_new` says that this send made the conversation, which then holds `history`."""

    conversation_id: str
    message_id: str
    generation_id: str
    is_new: bool
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of a person's list."""

    id: str
    title: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Recent:
    """A person's conversations, the one that changed last first, and in which of these an answer is written."""

    conversations: tuple[Summary, ...]
    has_more: bool
    running_ids: tuple[str, ...]


@database.retries
async def list_recent(principal: Principal, limit: int) -> Recent:
    """The `limit` conversations of this person that changed last."""
    async with database.reading() as db:
        found = await queries.list_conversations(db, principal, limit=limit + 1)
    summaries = tuple(Summary(c.id, c.title, c.updated_at) for c in found[:limit])
    return Recent(summaries, len(found) > limit, tuple(sorted(c.id for c in found[:limit] if c.is_running)))


@database.retries
async def get_title(principal: Principal, conversation_id: str) -> str:
    """What a conversation is called now. Raises NotFound."""
    async with database.reading() as db:
        return (await queries.get_heading(db, principal, conversation_id)).title


@database.retries
async def post_message(
    principal: Principal, conversation_id: str, text: str, client_message_id: str, model: str
) -> Posted:
    """Store a question with its empty answer and have a model write it; "" starts a conversation.

    Sending the same `client_message_id` again returns what the first send made. Raises Invalid (empty, too long),
    TooMany, NotFound, and Conflict while another answer of this conversation is being written.
    """
    if not client_message_id or len(client_message_id) > 64:
        raise Invalid("This page is out of date. Reload it and send again.")
    asked = Exchange(check_question(text, current().message_max_characters), client_message_id, model)
    try:
        posted = await _store(principal, conversation_id, asked)
    except IntegrityError:
        begun = None if conversation_id else await _find_begun(principal, client_message_id)
        if begun is None:
            raise
        return begun
    if posted.generation_id:
        await generations.announce_and_start(principal, posted.conversation_id, posted.generation_id)
    return posted


@database.retries
async def rename(principal: Principal, conversation_id: str, title: str) -> None:
    """Give a conversation a title that no model replaces. Raises NotFound, Invalid when there is nothing in it."""
    words = " ".join(clean(title).split())
    if not words:
        raise Invalid("A title needs at least one character.")
    async with database.writing() as db:
        conversation = await queries.get_conversation(db, principal, conversation_id)
        conversation.title = words[:TITLE_MAX_CHARACTERS]
        conversation.title_source = TitleSource.PERSON
    await notices.title_changed(principal.user_id, conversation_id)


@database.retries
async def set_model(principal: Principal, conversation_id: str, model: str) -> None:
    """Have later answers of this conversation written by `model`. Raises NotFound."""
    async with database.writing() as db:
        (await queries.get_conversation(db, principal, conversation_id)).model = model


@database.retries
async def delete(principal: Principal, conversation_id: str) -> str:
    """Hide a conversation at once and stop what runs in it; returns its title. Raises NotFound."""
    async with database.writing() as db:
        conversation = await queries.get_conversation(db, principal, conversation_id)
        conversation.deleted_at = now()
        stopping = await generations.stop_active(db, principal, conversation_id)
    await notices.conversation_changed(principal.user_id, conversation_id)
    if stopping:
        await notices.stop_requested(stopping)
    return conversation.title


@database.retries
async def undo_delete(principal: Principal, conversation_id: str) -> None:
    """Bring a deleted conversation back. Raises NotFound when the time for that is over."""
    async with database.writing() as db:
        conversation = await queries.get_conversation(db, principal, conversation_id, deleted=True)
        conversation.deleted_at = None
    await notices.conversation_changed(principal.user_id, conversation_id)


@database.retries
async def select_version(principal: Principal, message_id: str) -> None:
    """Show the branch that this version begins. Raises NotFound."""
    async with database.writing() as db:
        message, conversation = await queries.get_message(db, principal, message_id, to_change=True)
        conversation.active_leaf_id = await queries.get_newest_leaf_below(db, conversation.id, message.id)
    await notices.conversation_changed(principal.user_id, conversation.id)


@database.retries
async def get_draft(principal: Principal, conversation_id: str) -> str:
    """What this person has typed and not sent there; "" or "new" is the conversation to come."""
    async with database.reading() as db:
        return await queries.find_draft_text(db, principal, conversation_id or NEW) or ""


@database.retries
async def save_draft(principal: Principal, conversation_id: str, text: str, client_message_id: str = "") -> bool:
    """Keep what was typed, for this person and conversation ("" or "new": the one to come); returns whether it was.

    It is not when it was typed in a box whose question, `client_message_id`, is stored by now. Raises NotFound.
    """
    words, key = clean(text), "" if conversation_id == NEW else conversation_id
    async with database.writing() as db:
        if await _is_stored(db, principal, key, client_message_id):
            return False
        await _put_draft(db, principal, key or NEW, words[: current().message_max_characters])
    return True


async def _store(principal: Principal, conversation_id: str, asked: Exchange) -> Posted:
    async with database.writing() as db:
        if not conversation_id:
            posted = await _begin(db, principal, asked)
        else:
            posted = await _go_on(db, principal, conversation_id, asked)
        if posted.generation_id:
            await queries.remove_draft(db, principal, conversation_id or NEW)
        return posted


async def _begin(db: AsyncSession, principal: Principal, asked: Exchange) -> Posted:
    """A conversation of this question. IntegrityError, before anything is counted: this send has come before."""
    title = fallback_title(asked.text)
    conversation_id = await additions.add_conversation(db, principal, title, asked)
    await generations.check_may_ask(db, principal)
    await additions.add_exchange(db, conversation_id, None, asked)
    answer = await generations.queue(db, conversation_id, asked.answer_id, asked.model)
    history = of_first(conversation_id, title, asked.question_id, asked.text, answer)
    return Posted(conversation_id, asked.question_id, answer.generation_id, is_new=True, history=history)


async def _go_on(db: AsyncSession, principal: Principal, conversation_id: str, asked: Exchange) -> Posted:
    conversation = await queries.get_conversation(db, principal, conversation_id)
    if earlier_id := await queries.find_by_client_id(db, conversation_id, asked.client_message_id):
        return Posted(conversation_id, earlier_id, "", is_new=False)
    await generations.check_may_ask(db, principal, conversation_id)
    await additions.add_exchange(db, conversation_id, conversation.active_leaf_id, asked)
    await additions.show_answer(db, conversation_id, asked.answer_id, asked.model)
    answer = await generations.queue(db, conversation_id, asked.answer_id, asked.model)
    return Posted(conversation_id, asked.question_id, answer.generation_id, is_new=False)


async def _find_begun(principal: Principal, client_message_id: str) -> Posted | None:
    async with database.reading() as db:
        begun = await queries.find_by_first_message(db, principal, client_message_id)
    return Posted(begun[0], begun[1] or "", "", is_new=True) if begun else None


async def _is_stored(db: AsyncSession, principal: Principal, conversation_id: str, client_message_id: str) -> bool:
    """Raises NotFound."""
    if not conversation_id:
        return await queries.find_by_first_message(db, principal, client_message_id) is not None
    await queries.get_heading(db, principal, conversation_id)
    return await queries.find_by_client_id(db, conversation_id, client_message_id) is not None


async def _put_draft(db: AsyncSession, principal: Principal, key: str, text: str) -> None:
    if not text:
        await queries.remove_draft(db, principal, key)
        return
    draft = await queries.find_draft(db, principal, key)
    if draft is None:
        db.add(Draft(user_id=principal.user_id, conversation_id=key, text=text))
    else:
        draft.text, draft.updated_at = text, now()
