"""What a person has typed and not sent yet: one draft a conversation, and one for the conversation to come."""

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.clock import now
from chatapp.conversations import queries
from chatapp.conversations.text import clean
from chatapp.db import database
from chatapp.models import Draft
from chatapp.settings import current

NEW = "new"
"""The draft key of a conversation that does not exist yet."""


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
