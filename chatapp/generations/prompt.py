"""Prepares what a model is given for one generation: reads the branch and fits it into the model's window."""

from chatapp import database
from chatapp.catalog import service as catalog
from chatapp.conversations import queries as conversation_queries
from chatapp.generations import lifecycle, queries
from chatapp.generations.context import Context, Turn, build
from chatapp.generations.estimate import Estimator
from chatapp.generations.lifecycle import Claim
from chatapp.models import Role, Status
from chatapp.settings import Settings

ANSWER_TOKENS = 4_096
"""Room that is kept free in the window for the answer; of a small window at most half."""

_estimator = Estimator()


async def prepare(claim: Claim, settings: Settings) -> Context:
    """What to send for this claim; notes on the generation how much was left out. Raises ProviderError, Fenced,
    DatabaseAway."""
    turns, continuing = await _read_branch(claim)
    prepared = build(
        turns,
        system_prompt=settings.system_prompt,
        context_tokens=await catalog.context_tokens(claim.model),
        reserve_tokens=ANSWER_TOKENS,
        correction=_estimator.correction(claim.model),
        continuing=continuing,
    )
    if prepared.omitted_messages:
        await _note_omitted(claim, prepared.omitted_messages)
    return prepared


def observe(claim: Claim, prepared: Context, prompt_tokens: int) -> None:
    """Learn from the server's count how far the estimate was off."""
    _estimator.observe(claim.model, prepared.estimated_tokens, prompt_tokens)


@database.retries
async def _note_omitted(claim: Claim, messages: int) -> None:
    async with database.writing() as db:
        await lifecycle.note_context(db, claim, messages)


@database.retries
async def _read_branch(claim: Claim) -> tuple[list[Turn], str | None]:
    """The turns before the message that is to be written, and what of it is there already."""
    async with database.reading() as db:
        path = await conversation_queries.list_path(db, claim.conversation_id, claim.message_id)
        answers = await queries.list_answers(db, [m.id for m in path if m.role == Role.ASSISTANT])
    own = answers[claim.message_id]
    return [_turn(message, answers) for message in path[:-1]], own.text or None


def _turn(message: conversation_queries.PathMessage, answers: dict[str, queries.Answer]) -> Turn:
    answer = answers.get(message.id)
    if answer is None:
        return Turn("user", message.text)
    return Turn("assistant", answer.text, usable=answer.status != Status.FAILED)
