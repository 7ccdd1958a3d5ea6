"""What a person can do with conversations: one function a use case, the principal first, one transaction each.

A foreign id is NotFound everywhere. Notices are published after the commit. What asks for answers, or ends them, stands
in `generations`; lists, archive and trash in `order`.
"""

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries
from chatapp.conversations.text import clean
from chatapp.db import database
from chatapp.errors import Invalid
from chatapp.models import TitleSource
from chatapp.streaming import notices

GIVEN_TITLE_MAX_CHARACTERS = 120


@database.retries
async def get_title(principal: Principal, conversation_id: str) -> str:
    """What a conversation is called now. Raises NotFound."""
    async with database.reading() as db:
        return (await queries.get_heading(db, principal, conversation_id)).title


@database.retries
async def rename(principal: Principal, conversation_id: str, title: str) -> None:
    """Give a conversation a title that no model replaces. Raises NotFound, Invalid when there is nothing in it."""
    words = " ".join(clean(title).split())
    if not words:
        raise Invalid("title_empty")
    async with database.writing() as db:
        conversation = await queries.get_conversation(db, principal, conversation_id)
        conversation.title = words[:GIVEN_TITLE_MAX_CHARACTERS]
        conversation.title_source = TitleSource.PERSON
    await notices.title_changed(principal.user_id, conversation_id)


@database.retries
async def set_model(principal: Principal, conversation_id: str, model: str) -> None:
    """Have later answers of this conversation written by `model`. Raises NotFound."""
    async with database.writing() as db:
        (await queries.get_conversation(db, principal, conversation_id)).model = model


@database.retries
async def select_version(principal: Principal, message_id: str) -> None:
    """Show the branch that this version begins. Raises NotFound."""
    async with database.writing() as db:
        message, conversation = await queries.get_message(db, principal, message_id, to_change=True)
        conversation.active_leaf_id = await queries.get_newest_leaf_below(db, conversation.id, message.id)
    await notices.conversation_changed(principal.user_id, conversation.id)
