"""Prepares what a model is given for one generation: reads the branch and fits it into the model's window."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.catalog import service as catalog
from chatapp.conversations import chat_settings
from chatapp.conversations import queries as conversation_queries
from chatapp.conversations.chat_settings import AnswerSettings
from chatapp.conversations.queries import PathMessage
from chatapp.db import database
from chatapp.errors import ContextTooLong
from chatapp.generations import lifecycle, queries
from chatapp.generations.context import Context, Turn, build, sendable
from chatapp.generations.estimate import ASCII_CHARACTERS_PER_TOKEN, CORRECTION_BOUNDS, Estimator
from chatapp.generations.lifecycle import Claim
from chatapp.generations.windows import Windows
from chatapp.models import Role
from chatapp.providers.base import Parameters
from chatapp.settings import Settings

ANSWER_TOKENS = 4_096
"""Room that is kept free in the window for the answer; of a small window at most half."""

PAGE_MESSAGES = 50
"""How much of a branch is read at a time, from its end, until it must be more than the window takes: what a long
conversation costs does not grow with its length."""

CHARACTERS_A_TOKEN = ASCII_CHARACTERS_PER_TOKEN / CORRECTION_BOUNDS[0]
"""No estimate, corrected or not, gives a token more."""

_estimator = Estimator()
_windows = Windows(_estimator, ANSWER_TOKENS)


async def prepare(claim: Claim, settings: Settings) -> Context:
    """What to send for this claim; notes on the generation how much was left out. Raises ProviderError, Fenced,
    DatabaseUnavailable."""
    context_tokens = await _context_tokens(claim.model)
    turns, continuing, unread = await _read_branch(claim, context_tokens * CHARACTERS_A_TOKEN)
    chosen = await _read_settings(claim)
    most_tokens = chosen.parameters.get("max_tokens")
    prepared = build(
        turns,
        system_prompt="\n\n".join(filter(str.strip, (settings.system_prompt, *chosen.instructions))),
        context_tokens=context_tokens,
        reserve_tokens=most_tokens if isinstance(most_tokens, int) else ANSWER_TOKENS,
        correction=_estimator.correction(claim.model),
        continuing=continuing,
    )
    if omitted := prepared.omitted_messages + unread:
        await _note_omitted(claim, omitted)
    room = context_tokens - int(prepared.estimated_tokens * _estimator.correction(claim.model))
    return replace(prepared, parameters=_within(chosen.parameters, room))


def observe(claim: Claim, prepared: Context, prompt_tokens: int) -> None:
    """Learn from the server's count how far the estimate was off."""
    _estimator.observe(claim.model, prepared.estimated_tokens, prompt_tokens)


async def learn(claim: Claim, sent: Context, refused: ContextTooLong) -> None:
    """Learn from a refusal how large the window is: what is prepared after this is less than what was `sent`."""
    _windows.learn(claim.model, await _context_tokens(claim.model), sent.estimated_tokens, refused)


async def _context_tokens(model: str) -> int:
    return _windows.tokens(model, await catalog.context_tokens(model))


@database.retries
async def _note_omitted(claim: Claim, messages: int) -> None:
    async with database.writing() as db:
        await lifecycle.note_context(db, claim, messages)


@database.retries
async def _read_branch(claim: Claim, enough_characters: float) -> tuple[list[Turn], str | None, int]:
    """The newest turns before the message that is to be written, what of that is there already, and how many messages
    before the turns were not read because there were `enough_characters`."""
    async with database.reading() as db:
        own, turns, before = await _read_end(db, claim)
        while before and sum(len(turn.text) for turn in sendable(turns)) < enough_characters:
            earlier, before = await _read_page(db, claim.conversation_id, before)
            turns = earlier + turns
        unread = await conversation_queries.count_path(db, claim.conversation_id, before)
    return turns, own, unread


@database.retries
async def _read_settings(claim: Claim) -> AnswerSettings:
    async with database.reading() as db:
        chosen = await chat_settings.for_answer(db, claim.conversation_id)
    return chosen if claim.parameters is None else replace(chosen, parameters=claim.parameters)


async def _read_end(db: AsyncSession, claim: Claim) -> tuple[str | None, list[Turn], str | None]:
    """What there is of the answer itself, the last turns before it, and the id of the message before those."""
    path = await conversation_queries.list_path(db, claim.conversation_id, claim.message_id, PAGE_MESSAGES)
    continued = [path[-1]] if claim.continues_id else []
    answers = await _list_answers(db, path[:-1] + continued)
    own = answers[claim.message_id].text if continued else ""
    return own or None, [_turn(message, answers) for message in path[:-1]], path[0].parent_id


async def _read_page(db: AsyncSession, conversation_id: str, leaf_id: str) -> tuple[list[Turn], str | None]:
    """Turns that end with the message `leaf_id`, and the id of the message before them, if there is one."""
    path = await conversation_queries.list_path(db, conversation_id, leaf_id, PAGE_MESSAGES)
    answers = await _list_answers(db, path)
    return [_turn(message, answers) for message in path], path[0].parent_id if path else None


async def _list_answers(db: AsyncSession, path: Sequence[PathMessage]) -> dict[str, queries.Answer]:
    return await queries.list_answers(db, [message.id for message in path if message.role == Role.ASSISTANT])


def _within(parameters: Parameters, room_tokens: int) -> Parameters:
    """The same with no longer answer than the window has room for: servers refuse to be asked for more."""
    most = parameters.get("max_tokens")
    return (
        {**parameters, "max_tokens": min(most, room_tokens)}
        if isinstance(most, int) and room_tokens > 0
        else parameters
    )


def _turn(message: PathMessage, answers: dict[str, queries.Answer]) -> Turn:
    answer = answers.get(message.id)
    return Turn("assistant", answer.text) if answer else Turn("user", message.text)
