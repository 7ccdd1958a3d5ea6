"""Reading generations. What belongs to a person is found only through the conversation's owner."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Interval, bindparam, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.conversations import access
from chatapp.errors import Parameter
from chatapp.generations import sources
from chatapp.models import ACTIVE, ACTIVE_LITERALS, Conversation, Generation, GenerationPiece, Message, Status, User
from chatapp.models.base import UtcDateTime
from chatapp.providers.base import Source
from chatapp.streaming.events import START, Position

WAITED_SECONDS = 120
"""How long a wait may be for somebody to sit it out; until a longer one is over they may have picked another model."""


class Piece(NamedTuple):
    """What one checkpoint added, up to `seq` of the log."""

    seq: int
    text: str
    reasoning: str


class RatedAnswer(NamedTuple):
    """What a person thought of an answer: 1 good, -1 bad."""

    message_id: str
    conversation_id: str
    username: str
    answered_at: datetime
    rating: int
    note: str
    question: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one assistant message: the chain of its generations, joined, and the state of the last.

    `position` is where in the last generation's log the text ends; that was asked for at `began_at`, had its newest
    text at `text_at`, as far as a checkpoint has it, and was over at `ended_at`. Nothing here is newer than the
    database. Of an error there are reason and parameters (`chatapp.words`); `error_message` is a sentence of an older
    version instead. `thought_seconds` is how long the model thought before its text; 0 while that is not known.
    """

    message_id: str
    generation_id: str
    status: str
    text: str = ""
    reasoning: str = ""
    position: Position = START
    finish_reason: str = ""
    error_code: str = ""
    error_reason: str = ""
    error_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    error_message: str = ""
    omitted_messages: int = 0
    left_out: tuple[str, ...] = ()
    model: str = ""
    sources: tuple[Source, ...] = ()
    thought_seconds: float = 0.0
    began_at: datetime | None = None
    text_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def retry_at(self) -> datetime | None:
        """When the model may be asked again, where its server has named a moment that is worth waiting for."""
        seconds = self.error_parameters.get("retry_after_seconds")
        if not self.ended_at or not isinstance(seconds, int | float) or seconds > WAITED_SECONDS:
            return None
        return self.ended_at + timedelta(seconds=seconds)

    @property
    def is_active(self) -> bool:
        """Whether it is queued or being written."""
        return self.status in ACTIVE


# What is asked for each question and each page is a constant, which SQLAlchemy compiles once: see lifecycle.py.
_OF_CONVERSATION = col(Conversation.id) == col(Generation.conversation_id)
_IS_ACTIVE = col(Generation.status).in_(ACTIVE_LITERALS)
_RUNNING = (
    select(Generation.conversation_id)
    .join(Conversation, _OF_CONVERSATION)
    .where(access.may_read(bindparam("user_id")), _IS_ACTIVE)
)
_NEWEST = (
    select(Generation.id, Generation.status)
    .join(Conversation, _OF_CONVERSATION)
    .where(col(Conversation.id) == bindparam("conversation_id"), access.may_read(bindparam("user_id")))
    .order_by(col(Generation.created_at).desc())
    .limit(1)
)
_TRIES = select(Generation).order_by(col(Generation.created_at)).execution_options(populate_existing=True)
_OF_MESSAGES = _TRIES.where(col(Generation.message_id).in_(bindparam("message_ids", expanding=True)))
_ACTIVE_MESSAGE = (
    select(Generation.message_id)
    .join(Conversation, _OF_CONVERSATION)
    .where(col(Conversation.id) == bindparam("conversation_id"), access.may_read(bindparam("user_id")), _IS_ACTIVE)
)
_OF_ACTIVE_ANSWER = _TRIES.where(
    col(Generation.conversation_id) == bindparam("conversation_id"), col(Generation.message_id).in_(_ACTIVE_MESSAGE)
)
_PIECES = (
    select(GenerationPiece.generation_id, GenerationPiece.seq, GenerationPiece.text, GenerationPiece.reasoning)
    .where(col(GenerationPiece.generation_id).in_(bindparam("generation_ids", expanding=True)))
    .order_by(col(GenerationPiece.seq))
)


def has_server_clock(db: AsyncSession) -> bool:
    """Whether the clock that all processes share is the database server's, PostgreSQL's. A SQLite file and everybody
    who uses it are on one machine and have its clock. Leases are judged by this clock alone."""
    return db.get_bind().dialect.name == "postgresql"


def moment(db: AsyncSession, plus_seconds: float = 0.0) -> ColumnElement[datetime]:
    """The moment that is `plus_seconds` from now, by the clock that all processes share."""
    if has_server_clock(db):
        return func.now(type_=UtcDateTime) + literal(timedelta(seconds=plus_seconds), Interval)
    return literal(now() + timedelta(seconds=plus_seconds), UtcDateTime)


async def list_answers(db: AsyncSession, message_ids: Sequence[str]) -> dict[str, Answer]:
    """The answers of `message_ids`, by message. The caller has scoped the ids to one owner."""
    if not message_ids:
        return {}
    return await _join_all(db, await db.exec(_OF_MESSAGES, params={"message_ids": message_ids}))


async def list_generations(db: AsyncSession, message_id: str) -> Sequence[Generation]:
    """The tries that make up one answer, each behind the one it goes on from. The caller has checked the owner."""
    return _in_order(list(await db.exec(_OF_MESSAGES, params={"message_ids": [message_id]})))


async def list_rated(db: AsyncSession) -> list[RatedAnswer]:
    """Every rated answer of a conversation that is not deleted, whoever it belongs to, by age; for the operator."""
    question, answer = aliased(Message), aliased(Message)
    found = await db.exec(
        select(answer, Conversation.id, User.username, question.text)
        .join(Conversation, col(Conversation.id) == answer.conversation_id)
        .join(User, col(User.id) == col(Conversation.owner_id))
        .outerjoin(question, col(question.id) == answer.parent_id)
        .where(col(answer.rating) != 0, col(Conversation.deleted_at).is_(None))
        .order_by(col(answer.created_at), col(answer.id))
    )
    return [
        RatedAnswer(one.id, conversation_id, username, one.created_at, one.rating, one.rating_note, asked)
        for one, conversation_id, username, asked in found
    ]


async def find_active_answer(db: AsyncSession, user_id: str, conversation_id: str) -> Answer | None:
    """The answer that is queued or being written in this conversation, if this person may read it."""
    tries = await db.exec(_OF_ACTIVE_ANSWER, params={"user_id": user_id, "conversation_id": conversation_id})
    return next(iter((await _join_all(db, tries)).values()), None)


async def find_active_id(db: AsyncSession, user_id: str, conversation_id: str) -> str | None:
    """The queued or running generation of this conversation, if this person may stop it."""
    found = await db.exec(
        select(Generation.id)
        .join(Conversation, _OF_CONVERSATION)
        .where(col(Conversation.id) == conversation_id, access.may_change(user_id), _IS_ACTIVE)
    )
    return found.first()


async def find_newest(db: AsyncSession, user_id: str, conversation_id: str) -> tuple[str, str] | None:
    """Id and state of the newest generation of this conversation, if this person may read it."""
    row = (await db.exec(_NEWEST, params={"user_id": user_id, "conversation_id": conversation_id})).first()
    return (row[0], row[1]) if row else None


async def list_running_conversations(db: AsyncSession, user_id: str) -> list[str]:
    """Ids of the conversations that this person may read and in which an answer is queued or being written."""
    return list(await db.exec(_RUNNING, params={"user_id": user_id}))


async def list_active_models(db: AsyncSession) -> list[tuple[str, str]]:
    """Id and model of every generation that is queued or running, whoever asked."""
    return [(row[0], row[1]) for row in await db.exec(select(Generation.id, Generation.model).where(_IS_ACTIVE))]


async def list_queued_for(db: AsyncSession, seconds: float) -> list[str]:
    """Ids of generations that were dispatched more than `seconds` ago and have not been claimed."""
    found = await db.exec(
        select(Generation.id).where(
            Generation.status == Status.QUEUED, col(Generation.dispatched_at) < moment(db, -seconds)
        )
    )
    return list(found)


async def list_expired(db: AsyncSession) -> list[Generation]:
    """Running generations whose lease has run out."""
    found = await db.exec(
        select(Generation).where(Generation.status == Status.RUNNING, col(Generation.lease_until) < moment(db))
    )
    return list(found)


async def list_pieces(db: AsyncSession, generation_id: str) -> list[Piece]:
    """The checkpointed pieces of one generation, in order."""
    return (await _list_pieces(db, [generation_id])).get(generation_id, [])


async def _list_pieces(db: AsyncSession, generation_ids: Sequence[str]) -> dict[str, list[Piece]]:
    if not generation_ids:
        return {}
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for generation_id, seq, text, reasoning in await db.exec(_PIECES, params={"generation_ids": generation_ids}):
        pieces[generation_id].append(Piece(seq, text, reasoning))
    return pieces


async def _join_all(db: AsyncSession, tries: Iterable[Generation]) -> dict[str, Answer]:
    chains: dict[str, list[Generation]] = defaultdict(list)
    for generation in tries:
        chains[generation.message_id].append(generation)
    begun = [g.id for chain in chains.values() for g in chain if g.status in ACTIVE and g.seq]
    pieces = await _list_pieces(db, begun)
    return {message_id: _join(_in_order(chain), pieces) for message_id, chain in chains.items()}


def _in_order(tries: Sequence[Generation]) -> Sequence[Generation]:
    """The generations of one answer, each behind the one it goes on from: by their moments a clock that was put back
    would have the beginning stand behind the rest."""
    if len(tries) < 2:  # nearly always
        return tries
    known, following = {one.id for one in tries}, {one.continues_id: one for one in tries}
    chain: list[Generation] = []
    for first in (one for one in tries if one.continues_id not in known):
        chain.append(first)
        while chain[-1].id in following:
            chain.append(following[chain[-1].id])
    return chain


def _join(chain: Sequence[Generation], pieces: dict[str, list[Piece]]) -> Answer:
    last = chain[-1]
    return Answer(
        message_id=last.message_id,
        generation_id=last.id,
        status=last.status,
        text="".join(g.text + "".join(p.text for p in _known(g, pieces)) for g in chain),
        reasoning="".join(g.reasoning + "".join(p.reasoning for p in _known(g, pieces)) for g in chain),
        position=Position(last.attempt, last.seq),
        finish_reason=last.finish_reason,
        error_code=last.error_code,
        error_reason=last.error_reason,
        error_parameters=last.error_parameters or {},
        error_message=last.error_message,
        omitted_messages=last.omitted_messages,
        left_out=tuple(filter(None, last.left_out.split(","))),
        model=last.model,
        sources=sources.load(g.sources for g in chain),
        thought_seconds=sum(g.seconds_to_text or 0 for g in chain if g.reasoning),
        began_at=last.created_at,
        text_at=last.text_at,
        ended_at=last.finished_at,
    )


def _known(generation: Generation, pieces: dict[str, list[Piece]]) -> list[Piece]:
    """The pieces up to the generation's own position. Each statement reads at its own moment, so a piece may be newer
    than the row that was read before: its text would then be shown again from the log."""
    return [piece for piece in pieces.get(generation.id, ()) if piece.seq <= generation.seq]
