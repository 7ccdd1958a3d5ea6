"""The state machine of a generation: queued -> running -> completed, stopped, failed or interrupted.

Every step is a compare-and-set, `UPDATE ... WHERE id AND status AND attempt`: zero rows mean that somebody else won,
and whoever lost stops writing (Fenced). Nothing leaves a final state. Each function takes the session of a writing
transaction; its owner commits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CursorResult, Interval, bindparam, func, insert, tuple_
from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.errors import Fenced
from chatapp.generations import queries
from chatapp.models import ACTIVE, Conversation, Generation, GenerationPiece, Status
from chatapp.models.base import new_id
from chatapp.streaming.events import Delta

MAX_ATTEMPTS = 3
"""After so many claims without an end, a generation is taken for one that kills its runner."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one generation, as long as no newer attempt exists and the lease is renewed."""

    generation_id: str
    conversation_id: str
    owner_id: str
    message_id: str
    model: str
    attempt: int
    continues_id: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended, and the text since its last checkpoint: `turns_text` as in Delta. Every other field is a
    column, see `end`."""

    status: Status
    seq: int
    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    error_code: str = ""
    error_message: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    sources: str = ""
    turns_text: bool = False


# Made once, on tables: these run every second for every answer, and making a statement, or having the ORM look at it,
# costs more than running it.
#
# Those keys of `params` that are columns become the SET clause: executing _CHANGE with {"status": ...} sets the status.
# That is why the names bound in WHERE (held_id, queued_id, saved_seq ...) are never those of columns, which SQLAlchemy
# would refuse. Mind the spelling: a key that is neither is ignored.
_TABLE: Any = Generation.__table__  # type: ignore[attr-defined]
_CONVERSATIONS: Any = Conversation.__table__  # type: ignore[attr-defined]
_PIECES: Any = GenerationPiece.__table__  # type: ignore[attr-defined]
_MINE: Any = (
    _TABLE.c.id == bindparam("held_id"),
    _TABLE.c.status == Status.RUNNING,
    _TABLE.c.attempt == bindparam("held_attempt"),
)
_ADVANCE: Any = sa.update(_TABLE).where(*_MINE, _TABLE.c.seq < bindparam("new_seq")).values(seq=bindparam("new_seq"))
_STATES: Any = sa.select(_TABLE.c.id, _TABLE.c.attempt, _TABLE.c.status, _TABLE.c.stop_requested_at).where(
    _TABLE.c.id.in_(bindparam("generation_ids", expanding=True))
)
_ADD_PIECE: Any = insert(_PIECES)
_TURN_PIECES: Any = (
    sa.update(_PIECES)
    .where(_PIECES.c.generation_id == bindparam("held_id"))
    .where(sa.exists().where(*_MINE, _TABLE.c.seq < bindparam("new_seq")))
    .values(reasoning=_PIECES.c.reasoning + _PIECES.c.text, text="")
)
_REMOVE_PIECES: Any = sa.delete(_PIECES).where(_PIECES.c.generation_id == bindparam("whose_id"))
_QUEUE: Any = insert(_TABLE)
_QUEUE_BY_SERVER_CLOCK: Any = _QUEUE.values(dispatched_at=func.now())
_CLAIM: Any = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == bindparam("queued_id"), _TABLE.c.status == Status.QUEUED)
    .values(attempt=_TABLE.c.attempt + 1)
)
_CLAIM_BY_SERVER_CLOCK: Any = _CLAIM.values(lease_until=func.now() + bindparam("lease", type_=Interval))
_CHANGE: Any = sa.update(_TABLE).where(*_MINE)
_CHANGE_IF_UNSAVED: Any = _CHANGE.where(_TABLE.c.seq == bindparam("saved_seq"))
_NEW = {
    name: field.default
    for name, field in Generation.model_fields.items()
    if not field.is_required() and field.default_factory is None
}
_CLAIMED: Any = (
    sa.select(_TABLE.c.id, _TABLE.c.conversation_id, _CONVERSATIONS.c.owner_id)
    .add_columns(*(_TABLE.c[name] for name in ("message_id", "model", "attempt", "continues_id")))
    .join(_CONVERSATIONS)
    .where(_TABLE.c.id == bindparam("generation_id"))
)
_REACHED: Any = select(_TABLE.c.seq).where(*_MINE)


async def queue(
    db: AsyncSession, conversation_id: str, message_id: str, model: str, continues_id: str | None = None
) -> str:
    """Add a generation for an answer, to go on from `continues_id` or from nothing; returns its id.

    IntegrityError: another one of this conversation is active.
    """
    generation_id, moment = new_id(), now()
    row = {
        "id": generation_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "continues_id": continues_id,
        "model": model,
        "created_at": moment,
    }
    if queries.has_server_clock(db):
        await db.exec(_QUEUE_BY_SERVER_CLOCK, params={**_NEW, **row})
    else:
        await db.exec(_QUEUE, params={**_NEW, **row, "dispatched_at": moment})
    return generation_id


async def claim(db: AsyncSession, generation_id: str, lease_seconds: float) -> Claim | None:
    """Take a queued generation; None when somebody has it or it has ended, so a second delivery does nothing."""
    moment, lease = now(), timedelta(seconds=lease_seconds)
    taken = {"queued_id": generation_id, "status": Status.RUNNING, "seq": 0, "started_at": moment}
    won: CursorResult[Any] = (
        await db.exec(_CLAIM_BY_SERVER_CLOCK, params={**taken, "lease": lease})
        if queries.has_server_clock(db)
        else await db.exec(_CLAIM, params={**taken, "lease_until": moment + lease})
    )
    return await _get_claim(db, generation_id) if won.rowcount else None


async def renew(db: AsyncSession, claims: Sequence[Claim], lease_seconds: float) -> None:
    """Extend the leases of all claims of a process in one statement; those that were lost stay lost.

    They are locked in the order of their ids, as checkpoints lock them: else the two could wait for each other.
    """
    held = tuple_(_TABLE.c.id, _TABLE.c.attempt).in_([(c.generation_id, c.attempt) for c in claims])
    in_order = select(_TABLE.c.id).where(held, _TABLE.c.status == Status.RUNNING).order_by(_TABLE.c.id)
    locked = _TABLE.c.id.in_(in_order.with_for_update())
    await _set(db, locked, lease_until=queries.moment(db, lease_seconds))


async def list_lost_or_stopped(db: AsyncSession, claims: Sequence[Claim]) -> dict[str, bool]:
    """Which of `claims` must end: True where a stop was asked for, False where the claim was lost."""
    rows = await db.exec(_STATES, params={"generation_ids": [c.generation_id for c in claims]})
    state = {row[0]: row for row in rows}
    ends = {}
    for held in claims:
        row = state.get(held.generation_id)
        if row is None or row[1] != held.attempt or row[2] != Status.RUNNING:
            ends[held.generation_id] = False
        elif row[3] is not None:
            ends[held.generation_id] = True
    return ends


async def checkpoint(db: AsyncSession, held: Claim, seq: int, text: str, reasoning: str) -> None:
    """Add what came since the last checkpoint, up to `seq` of the log. Raises Fenced when the claim was lost.

    Doing it again changes nothing: when a connection breaks at COMMIT, nobody knows whether it counted.
    """
    mine = {"held_id": held.generation_id, "held_attempt": held.attempt}
    advanced: CursorResult[Any] = await db.exec(_ADVANCE, params={**mine, "new_seq": seq})
    if advanced.rowcount:
        if text or reasoning:
            piece = {"generation_id": held.generation_id, "seq": seq, "text": text, "reasoning": reasoning}
            await db.exec(_ADD_PIECE, params=piece)
    elif (await db.exec(_REACHED, params=mine)).first() != seq:
        raise Fenced()


async def turn_text(db: AsyncSession, held: Claim, seq: int) -> None:
    """Make the text of all pieces reasoning, before the checkpoint of `seq` that says so, in its transaction.

    It does nothing when that checkpoint was stored before.
    """
    await db.exec(_TURN_PIECES, params={"held_id": held.generation_id, "held_attempt": held.attempt, "new_seq": seq})


async def note_context(db: AsyncSession, held: Claim, omitted_messages: int) -> None:
    """Remember how many earlier messages did not fit into the model's window. Raises Fenced."""
    if not await _set(db, *_where(held.generation_id, Status.RUNNING, held.attempt), omitted_messages=omitted_messages):
        raise Fenced()


async def finish(db: AsyncSession, held: Claim, outcome: Outcome) -> None:
    """Make the generation final and join its pieces into one text. Raises Fenced when the claim was lost."""
    await end(db, held.generation_id, held.attempt, outcome)


async def end(
    db: AsyncSession, generation_id: str, attempt: int, outcome: Outcome, *, saved_seq: int | None = None
) -> None:
    """The same without a claim: for the reaper, which ends what a dead process left.

    Raises Fenced when the attempt is not the running one any more and, with `saved_seq`, when a checkpoint has come
    since that one: its runner is not dead after all.
    """
    pieces = await queries.list_pieces(db, generation_id)
    saved = Delta("".join(p.text for p in pieces), "".join(p.reasoning for p in pieces))
    whole = saved.plus(Delta(outcome.text, outcome.reasoning, turns_text=outcome.turns_text))
    values = {
        **{name: value for name, value in asdict(outcome).items() if name != "turns_text"},
        "text": whole.text,
        "reasoning": whole.reasoning,
        "lease_until": None,
        "finished_at": now(),
    }
    held = {"held_id": generation_id, "held_attempt": attempt}
    statement, unsaved = (_CHANGE, {}) if saved_seq is None else (_CHANGE_IF_UNSAVED, {"saved_seq": saved_seq})
    ended: CursorResult[Any] = await db.exec(statement, params={**held, **unsaved, **values})
    if not ended.rowcount:
        raise Fenced()
    await db.exec(_REMOVE_PIECES, params={"whose_id": generation_id})


async def has_ended(db: AsyncSession, held: Claim) -> bool:
    """Whether the generation became final in this very attempt."""
    final = _TABLE.c.status.not_in(ACTIVE)
    found = await db.exec(
        select(_TABLE.c.id).where(_TABLE.c.id == held.generation_id, _TABLE.c.attempt == held.attempt, final)
    )
    return found.first() is not None


async def queue_again(db: AsyncSession, generation_id: str, attempt: int) -> bool:
    """Queue a dead process's generation again, unless text of it was stored; returns whether it is queued now."""
    unseen = (*_where(generation_id, Status.RUNNING, attempt), _TABLE.c.seq == 0)
    return await _set(db, *unseen, status=Status.QUEUED, lease_until=None, dispatched_at=queries.moment(db))


async def dispatched(db: AsyncSession, generation_id: str) -> bool:
    """Note that a generation is being dispatched again, so that the next sweep leaves it alone; False when it is no
    longer queued."""
    return await _set(db, *_where(generation_id, Status.QUEUED), dispatched_at=queries.moment(db))


async def stop(db: AsyncSession, generation_id: str) -> None:
    """End a queued generation at once; set the stop flag of a running one, whose runner ends it."""
    moment = now()
    queued = _where(generation_id, Status.QUEUED)
    if not await _set(db, *queued, status=Status.STOPPED, stop_requested_at=moment, finished_at=moment):
        await _set(db, *_where(generation_id, Status.RUNNING), stop_requested_at=moment)


async def expire_leases(db: AsyncSession) -> None:
    """Treat every running generation as abandoned. Only for the one process that owns the database."""
    await _set(db, _TABLE.c.status == Status.RUNNING, lease_until=queries.moment(db, -1))


async def _get_claim(db: AsyncSession, generation_id: str) -> Claim:
    return Claim(*(await db.exec(_CLAIMED, params={"generation_id": generation_id})).one())


def _where(generation_id: str, status: Status, attempt: int | None = None) -> tuple[Any, ...]:
    same_attempt = () if attempt is None else (_TABLE.c.attempt == attempt,)
    return (_TABLE.c.id == generation_id, _TABLE.c.status == status, *same_attempt)


async def _set(db: AsyncSession, *conditions: Any, **values: Any) -> bool:
    result: CursorResult[Any] = await db.exec(update(_TABLE).where(*conditions).values(**values))
    return result.rowcount > 0
