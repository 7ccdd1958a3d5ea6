"""Instructions and parameters for the answers of one chat, and a person's own for all of their chats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations import parameters, queries
from chatapp.conversations.parameters import PARAMETERS, ParameterName, Parameters
from chatapp.conversations.text import clean
from chatapp.db import database
from chatapp.errors import Invalid
from chatapp.models import Conversation, User

SettingName = Literal["instructions", ParameterName]

INSTRUCTIONS_MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """What holds for an answer: whose instructions come first, and what is set for the chat, or else by its owner."""

    instructions: tuple[str, ...] = ()
    parameters: Parameters = field(default_factory=dict)


@database.retries
async def get_typed(principal: Principal, conversation_id: str) -> Mapping[str, str]:
    """Setting -> what stands in its box, of a chat, or with "" of this person's for all chats. Raises NotFound."""
    async with database.reading() as db:
        found = await _find(db, principal, conversation_id)
        chosen = found.parameters or {}
        return {"instructions": found.instructions, **{n: parameters.typed(chosen.get(n)) for n in PARAMETERS}}


@database.retries
async def change(principal: Principal, conversation_id: str, name: SettingName, typed: str) -> None:
    """Set one setting of a chat, or with "" of all of this person's chats. Raises NotFound, Invalid."""
    if name == "instructions":
        if len(typed) > INSTRUCTIONS_MAX_CHARACTERS:
            raise Invalid("argument_too_long", code="too_long", limit=INSTRUCTIONS_MAX_CHARACTERS)
        async with database.writing() as db:
            (await _find(db, principal, conversation_id, to_change=True)).instructions = clean(typed)
        return
    value = parameters.parse(name, typed)
    async with database.writing() as db:
        found = await _find(db, principal, conversation_id, to_change=True)
        kept = {one: set_to for one, set_to in (found.parameters or {}).items() if one != name}
        found.parameters = kept if value is None else {**kept, name: value}


async def for_answer(db: AsyncSession, conversation_id: str) -> AnswerSettings:
    """What holds for an answer of this conversation; for background work, never with an id that a browser sent."""
    own, of_chat = await queries.list_settings(db, conversation_id)
    said = tuple(text for text in (own.instructions, of_chat.instructions) if text.strip())
    return AnswerSettings(said, {**(own.parameters or {}), **(of_chat.parameters or {})})


async def _find(
    db: AsyncSession, principal: Principal, conversation_id: str, *, to_change: bool = False
) -> Conversation | User:
    if not conversation_id:
        return await queries.get_person(db, principal)
    if to_change:
        return await queries.get_conversation(db, principal, conversation_id)
    return await queries.get_readable(db, principal, conversation_id)
