"""Reading generations. What belongs to a person is found only through the conversation's owner."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.generations import sources
from chatapp.models import ACTIVE, ACTIVE_LITERALS, Conversation, Generation, GenerationPiece, Status
from chatapp.providers.base import Source
from chatapp.streaming.events import START, Position


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one assistant message: the chain of its generations, joined, and the state of the last.

    `position` is where in the last generation's log the text ends. Nothing here is newer than the database.
    """

    message_id: str
    generation_id: str
    status: str
    text: str = ""
    reasoning: str = ""
    position: Position = START
    finish_reason: str = ""
    error_code: str = ""
    error_message: str = ""
    omitted_messages: int = 0
    model: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it is queued or being written."""
        return self.status in ACTIVE


class Piece(NamedTuple):
    """What one checkpoint of a generation added."""

    generation_id: str
    seq: int
    text: str
    reasoning: str


# Made once: pages and runners run these all the time, and making a statement costs more than running it. They select
# columns of the table: an entity that the session keeps track of costs as much again.
_GENERATION: Any = Generation.__table__  # type: ignore[attr-defined]
_PIECE: Any = GenerationPiece.__table__  # type: ignore[attr-defined]
_OWNED: Any = _GENERATION.join(Conversation.__table__)  # type: ignore[attr-defined]
_OF_CONVERSATION: Any = _GENERATION.c.conversation_id == bindparam("conversation_id")
_OF_OWNER: Any = _OWNED.right.c.owner_id == bindparam("owner_id")
_IS_ACTIVE: Any = _GENERATION.c.status.in_(ACTIVE_LITERALS)

_ANSWERS: Any = sa.select(
    *(
        _GENERATION.c[name]
        for name in ("id", "message_id", "status", "attempt", "seq", "text", "reasoning", "finish_reason")
    ),
    *(
        _GENERATION.c[name]
        for name in ("continues_id", "error_code", "error_message", "omitted_messages", "model", "sources")
    ),
).order_by(_GENERATION.c.created_at)
_OF_MESSAGES: Any = _ANSWERS.where(_GENERATION.c.message_id.in_(bindparam("message_ids", expanding=True)))
_ACTIVE: Any = sa.select(_GENERATION.c.id, _GENERATION.c.message_id).where(_OF_CONVERSATION, _IS_ACTIVE)
_OWN_ACTIVE: Any = _ACTIVE.select_from(_OWNED).where(_OF_OWNER)
_ACTIVE_ANSWER: Any = _ANSWERS.where(
    _OF_CONVERSATION,
    _GENERATION.c.message_id.in_(_OWN_ACTIVE.with_only_columns(_GENERATION.c.message_id).scalar_subquery()),
)
_NEWEST: Any = (
    sa.select(_GENERATION.c.id, _GENERATION.c.status)
    .select_from(_OWNED)
    .where(_OF_CONVERSATION, _OF_OWNER)
    .order_by(_GENERATION.c.created_at.desc())
    .limit(1)
)
_ACTIVE_MODELS: Any = sa.select(_GENERATION.c.id, _GENERATION.c.model).where(_IS_ACTIVE)
_RUNNING: Any = sa.select(_GENERATION.c.conversation_id).select_from(_OWNED).where(_OF_OWNER, _IS_ACTIVE)
_PIECES: Any = (
    sa.select(_PIECE.c.generation_id, _PIECE.c.seq, _PIECE.c.text, _PIECE.c.reasoning)
    .where(_PIECE.c.generation_id.in_(bindparam("generation_ids", expanding=True)))
    .order_by(_PIECE.c.seq)
)


def has_server_clock(db: AsyncSession) -> bool:
    """Whether the clock that all processes share is the database server's, PostgreSQL's. A SQLite file and everybody
    who uses it are on one machine and have its clock. Leases are judged by this clock alone."""
    return db.get_bind().dialect.name == "postgresql"


def moment(db: AsyncSession, plus_seconds: float = 0.0) -> Any:
    """The moment that is `plus_seconds` from now, by the clock that all processes share."""
    return (func.now() if has_server_clock(db) else now()) + timedelta(seconds=plus_seconds)


async def list_answers(db: AsyncSession, message_ids: Sequence[str]) -> dict[str, Answer]:
    """The answers of `message_ids`, by message. The caller has scoped the ids to one owner."""
    if not message_ids:
        return {}
    return await _join_all(db, await db.exec(_OF_MESSAGES, params={"message_ids": list(message_ids)}))


async def find_active_answer(db: AsyncSession, owner_id: str, conversation_id: str) -> Answer | None:
    """The answer that is queued or being written in this conversation, if it is the owner's."""
    rows = await db.exec(_ACTIVE_ANSWER, params={"conversation_id": conversation_id, "owner_id": owner_id})
    return next(iter((await _join_all(db, rows)).values()), None)


async def find_active_id(db: AsyncSession, owner_id: str, conversation_id: str) -> str | None:
    """The queued or running generation of this conversation, if it is the owner's."""
    found = (await db.exec(_OWN_ACTIVE, params={"conversation_id": conversation_id, "owner_id": owner_id})).first()
    return found[0] if found else None


async def find_newest(db: AsyncSession, owner_id: str, conversation_id: str) -> tuple[str, str] | None:
    """Id and state of the newest generation of this conversation, if it is the owner's."""
    found = (await db.exec(_NEWEST, params={"conversation_id": conversation_id, "owner_id": owner_id})).first()
    return (found[0], found[1]) if found else None


async def list_running_conversations(db: AsyncSession, owner_id: str) -> list[str]:
    """Ids of the owner's conversations in which an answer is queued or being written."""
    return list((await db.exec(_RUNNING, params={"owner_id": owner_id})).scalars())


async def list_active_models(db: AsyncSession) -> list[tuple[str, str]]:
    """Id and model of every generation that is queued or running, whoever asked."""
    return [(row[0], row[1]) for row in await db.exec(_ACTIVE_MODELS)]


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
    found = await db.exec(_PIECES, params={"generation_ids": list(generation_ids)})
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for row in found:
        pieces[row[0]].append(Piece(*row))
    return pieces


async def _join_all(db: AsyncSession, rows: Iterable[Any]) -> dict[str, Answer]:
    chains: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        chains[row.message_id].append(row)
    begun = [g.id for chain in chains.values() for g in chain if g.status in ACTIVE and g.seq]
    pieces = await _list_pieces(db, begun)
    return {message_id: _join(_in_order(chain), pieces) for message_id, chain in chains.items()}


def _in_order(rows: Sequence[Any]) -> Sequence[Any]:
    """The generations of one answer, each behind the one it goes on from: by their moments a clock that was put back
    would have the beginning stand behind the rest."""
    if len(rows) == 1:
        return rows
    known, following = {row.id for row in rows}, {row.continues_id: row for row in rows}
    chain: list[Any] = []
    for first in (row for row in rows if row.continues_id not in known):
        chain.append(first)
        while chain[-1].id in following:
            chain.append(following[chain[-1].id])
    return chain


def _join(chain: Sequence[Any], pieces: dict[str, list[Piece]]) -> Answer:
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
        error_message=last.error_message,
        omitted_messages=last.omitted_messages,
        model=last.model,
        sources=sources.load(g.sources for g in chain),
    )


def _known(generation: Any, pieces: dict[str, list[Piece]]) -> list[Piece]:
    """The pieces up to the generation's own position. Each statement reads at its own moment, so a piece may be newer
    than the row that was read before: its text would then be shown again from the log."""
    return [piece for piece in pieces.get(generation.id, ()) if piece.seq <= generation.seq]
