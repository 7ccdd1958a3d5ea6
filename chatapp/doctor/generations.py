"""Generations that do not end, and rows that a final one must not have. Text is folded together, never dropped."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.doctor.findings import Finding, Kind
from chatapp.generations import queries
from chatapp.models import ACTIVE, Generation, GenerationPiece, Status

ABANDONED_SECONDS = 300
"""How long a lease must be over: ten times its default, and far more than a running reaper takes to end it."""

WAITING_SECONDS = 3600
"""How long a generation may be queued: nobody waits an hour for an answer to begin."""


async def _find_abandoned(db: AsyncSession) -> list[Finding]:
    over = col(Generation.lease_until) < now() - timedelta(seconds=ABANDONED_SECONDS)
    no_lease = col(Generation.lease_until).is_(None)
    rows = await db.exec(select(Generation.id).where(Generation.status == Status.RUNNING, over | no_lease))
    return [Finding(id_, "running, and its lease has long run out") for id_ in rows]


async def _mend_abandoned(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    for generation_id in generation_ids:
        await end(db, await db.get_one(Generation, generation_id))


async def _find_waiting(db: AsyncSession) -> list[Finding]:
    long_ago = now() - timedelta(seconds=WAITING_SECONDS)
    rows = await db.exec(
        select(Generation.id).where(Generation.status == Status.QUEUED, col(Generation.created_at) < long_ago)
    )
    return [Finding(id_, "queued for more than an hour") for id_ in rows]


async def _mend_waiting(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    for generation_id in generation_ids:
        generation = await db.get_one(Generation, generation_id)
        generation.error_code = generation.error_reason = "never_begun"
        await end(db, generation, Status.FAILED)


async def _find_several_active(db: AsyncSession) -> list[Finding]:
    """All but one of the active generations of a conversation: a running one stays before a queued, a new before an
    old."""
    rows = await db.exec(select(Generation).where(col(Generation.status).in_(ACTIVE)))
    kept: set[str] = set()
    extra = []
    for generation in sorted(rows, key=_rank, reverse=True):
        if generation.conversation_id in kept:
            extra.append(Finding(generation.id, "a second active answer of its chat"))
        kept.add(generation.conversation_id)
    return extra


def _rank(generation: Generation) -> tuple[bool, datetime]:
    return generation.status == Status.RUNNING, generation.created_at


async def end(db: AsyncSession, generation: Generation, status: Status = Status.INTERRUPTED) -> None:
    """Make a generation final with all the text there is of it. The next attempt is fenced off: a runner that comes
    back loses its claim."""
    await fold(db, generation)
    generation.status, generation.attempt = status, generation.attempt + 1
    generation.lease_until, generation.finished_at = None, now()
    await db.flush()


async def fold(db: AsyncSession, generation: Generation) -> None:
    """Put into the generation what only its pieces hold, and remove the pieces."""
    pieces = await queries.list_pieces(db, generation.id)
    generation.text = _joined(generation.text, (piece.text for piece in pieces))
    generation.reasoning = _joined(generation.reasoning, (piece.reasoning for piece in pieces))
    await db.exec(delete(GenerationPiece).where(col(GenerationPiece.generation_id) == generation.id))


def _joined(text: str, pieces: Iterable[str]) -> str:
    """The text of an ended answer begins with its pieces, unless the end was not written with them."""
    more = "".join(pieces)
    return text if text.startswith(more) else text + more


async def _find_pieces(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Generation.id)
        .where(col(Generation.status).not_in(ACTIVE))
        .where(select(GenerationPiece.seq).where(GenerationPiece.generation_id == Generation.id).exists())
    )
    return [Finding(id_, "it has ended and still has pieces") for id_ in rows]


async def _mend_pieces(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    for generation_id in generation_ids:
        await fold(db, await db.get_one(Generation, generation_id))


async def _find_leases(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Generation.id).where(col(Generation.status).not_in(ACTIVE), col(Generation.lease_until).is_not(None))
    )
    return [Finding(id_, "it has ended and still has a lease") for id_ in rows]


async def _mend_leases(db: AsyncSession, generation_ids: Sequence[str]) -> None:
    await db.exec(update(Generation).where(col(Generation.id).in_(generation_ids)).values(lease_until=None))


KINDS = (
    Kind("several active answers", _find_several_active, _mend_abandoned),
    Kind("abandoned answer", _find_abandoned, _mend_abandoned),
    Kind("waiting answer", _find_waiting, _mend_waiting),
    Kind("pieces left over", _find_pieces, _mend_pieces),
    Kind("stale lease", _find_leases, _mend_leases),
)
