"""The state machine of a generation: queued -> running -> completed, stopped, failed or interrupted.

Every step is a compare-and-set, `UPDATE ... WHERE id AND status AND attempt`: zero rows mean that somebody else won,
and whoever lost stops writing (Fenced). Nothing leaves a final state. Each function takes the session of a writing
transaction; its owner commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, UpdateBase, bindparam, exists, tuple_
from sqlmodel import col, delete, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.errors import ChatappError, Fenced
from chatapp.generations import queries
from chatapp.models import ACTIVE, Conversation, Generation, GenerationPiece, Status
from chatapp.models.base import new_id, table
from chatapp.streaming.events import Delta

MAX_ATTEMPTS = 3
"""After so many claims without an end, a generation is taken for one that kills its runner."""

# What runs for each answer, and each second of it, is a constant: SQLAlchemy compiles it once, and building it again
# would take longer than running it. Only `finalize` builds its own, 0.3 ms once an answer: a constant would list its
# many columns twice. Inserts name the table, because those into models pass through the ORM, which takes as long again;
# columns that are not named have their model's defaults. A parameter in WHERE must not be called as a column is:
# SQLAlchemy raises CompileError when it is, and StatementError when a parameter is missing.
_IS_HELD = (
    col(Generation.id) == bindparam("held_id"),
    col(Generation.status) == Status.RUNNING,
    col(Generation.attempt) == bindparam("held_attempt"),
)
_QUEUE = insert(table(Generation)).values(
    id=bindparam("id"),
    conversation_id=bindparam("conversation_id"),
    message_id=bindparam("message_id"),
    continues_id=bindparam("continues_id"),
    model=bindparam("model"),
)
_SET_PARAMETERS = (
    update(Generation)
    .where(col(Generation.id) == bindparam("queued_id"), col(Generation.status) == Status.QUEUED)
    .values(parameters=bindparam("chosen"))
)
_CLAIM = (
    update(Generation)
    .where(col(Generation.id) == bindparam("queued_id"), col(Generation.status) == Status.QUEUED)
    .values(status=Status.RUNNING, attempt=col(Generation.attempt) + 1, seq=0, started_at=bindparam("claimed_at"))
)
_CLAIMED = (
    select(Generation, Conversation.owner_id)
    .join(Conversation, col(Conversation.id) == col(Generation.conversation_id))
    .where(col(Generation.id) == bindparam("claimed_id"))
    .execution_options(populate_existing=True)
)
_ADVANCE = (
    update(Generation)
    .where(*_IS_HELD, col(Generation.seq) < bindparam("new_seq"))
    .values(seq=bindparam("new_seq"), text_at=bindparam("new_text_at"))
)
_ADD_PIECE = insert(table(GenerationPiece)).values(
    generation_id=bindparam("generation_id"),
    seq=bindparam("seq"),
    text=bindparam("text"),
    reasoning=bindparam("reasoning"),
)
_SEQ = select(Generation.seq).where(*_IS_HELD)
_REMOVE_PIECES = delete(GenerationPiece).where(col(GenerationPiece.generation_id) == bindparam("ended_id"))


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
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended, and the text since its last checkpoint: `turns_text` as in Delta."""

    status: Status
    seq: int
    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    error: ChatappError | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds_to_text: float | None = None
    left_out: str = ""
    sources: str = ""
    turns_text: bool = False


async def queue(
    db: AsyncSession, conversation_id: str, message_id: str, model: str, continues_id: str | None = None
) -> str:
    """Add a generation for an answer, to go on from `continues_id` or from nothing; returns its id.

    IntegrityError: another one of this conversation is active.
    """
    generation_id = new_id()
    queued = {
        "id": generation_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "continues_id": continues_id,
        "model": model,
    }
    await db.exec(_QUEUE.values(dispatched_at=queries.moment(db)), params=queued)
    return generation_id


async def set_parameters(db: AsyncSession, generation_id: str, parameters: Mapping[str, Any]) -> None:
    """Have a queued generation use these, and not those that are set when it begins."""
    await _changes(db, _SET_PARAMETERS, {"queued_id": generation_id, "chosen": dict(parameters)})


async def claim(db: AsyncSession, generation_id: str, lease_seconds: float) -> Claim | None:
    """Take a queued generation; None when somebody has it or it has ended, so a second delivery does nothing."""
    taken = _CLAIM.values(lease_until=queries.moment(db, lease_seconds))
    is_taken = await _changes(db, taken, {"queued_id": generation_id, "claimed_at": now()})
    return await _get_claim(db, generation_id) if is_taken else None


async def renew(db: AsyncSession, claims: Sequence[Claim], lease_seconds: float) -> None:
    """Extend the leases of all claims of a process in one statement; those that were lost stay lost.

    They are locked in the order of their ids, as checkpoints lock them: else the two could wait for each other.
    """
    held = tuple_(col(Generation.id), col(Generation.attempt)).in_([(c.generation_id, c.attempt) for c in claims])
    in_order = select(Generation.id).where(held, col(Generation.status) == Status.RUNNING).order_by(col(Generation.id))
    locked = col(Generation.id).in_(in_order.with_for_update())
    await _changes(db, update(Generation).where(locked).values(lease_until=queries.moment(db, lease_seconds)))


async def list_lost_or_stopped(db: AsyncSession, claims: Sequence[Claim]) -> dict[str, bool]:
    """Which of `claims` must end: True where a stop was asked for, False where the claim was lost."""
    mine = col(Generation.id).in_([c.generation_id for c in claims])
    rows = await db.exec(
        select(Generation.id, Generation.attempt, Generation.status, Generation.stop_requested_at).where(mine)
    )
    states = {generation_id: state for generation_id, *state in rows}
    ends = {}
    for held in claims:
        attempt, status, stop_requested_at = states.get(held.generation_id, (None, None, None))
        if (attempt, status) != (held.attempt, Status.RUNNING):
            ends[held.generation_id] = False
        elif stop_requested_at is not None:
            ends[held.generation_id] = True
    return ends


async def checkpoint(db: AsyncSession, held: Claim, seq: int, delta: Delta, text_at: datetime | None = None) -> None:
    """Add what came since the last checkpoint, up to `seq` of the log and until `text_at`, which is now if not given.

    Raises Fenced when the claim was lost. That the delta turns text is for `turn_text` to say, before.

    Doing it again changes nothing: when a connection breaks at COMMIT, nobody knows whether it counted.
    """
    mine = {"held_id": held.generation_id, "held_attempt": held.attempt}
    if await _changes(db, _ADVANCE, {**mine, "new_seq": seq, "new_text_at": text_at or now()}):
        if delta.text or delta.reasoning:
            piece = {"generation_id": held.generation_id, "seq": seq, "text": delta.text, "reasoning": delta.reasoning}
            await db.exec(_ADD_PIECE, params=piece)
    elif (await db.exec(_SEQ, params=mine)).first() != seq:
        raise Fenced()


async def turn_text(db: AsyncSession, held: Claim, seq: int) -> None:
    """Make the text of all pieces reasoning, before the checkpoint of `seq` that says so, in its transaction.

    It does nothing when that checkpoint was stored before.
    """
    reasoning = col(GenerationPiece.reasoning) + col(GenerationPiece.text)
    mine = col(GenerationPiece.generation_id) == held.generation_id
    is_new = exists(select(Generation.id).where(*_is_held(held), col(Generation.seq) < seq))
    await _changes(db, update(GenerationPiece).where(mine, is_new).values(reasoning=reasoning, text=""))


async def note_context(db: AsyncSession, held: Claim, omitted_messages: int) -> None:
    """Remember how many earlier messages did not fit into the model's window. Raises Fenced."""
    if not await _changes(db, update(Generation).where(*_is_held(held)).values(omitted_messages=omitted_messages)):
        raise Fenced()


async def finalize(
    db: AsyncSession, generation_id: str, attempt: int, outcome: Outcome, *, saved_seq: int | None = None
) -> None:
    """Make the generation final and join its pieces into one text.

    Raises Fenced when the attempt is not the running one any more and, with `saved_seq`, when a checkpoint has come
    since that one: its runner is not dead after all.
    """
    pieces = await queries.list_pieces(db, generation_id)
    saved = Delta("".join(p.text for p in pieces), "".join(p.reasoning for p in pieces))
    whole = saved.plus(Delta(outcome.text, outcome.reasoning, turns_text=outcome.turns_text))
    conditions = _is(generation_id, Status.RUNNING, attempt)
    if saved_seq is not None:
        conditions = (*conditions, col(Generation.seq) == saved_seq)
    ended = (
        update(Generation)
        .where(*conditions)
        .values(
            status=outcome.status,
            seq=outcome.seq,
            text=whole.text,
            reasoning=whole.reasoning,
            finish_reason=outcome.finish_reason,
            error_code=outcome.error.code if outcome.error else "",
            error_reason=outcome.error.reason if outcome.error else "",
            error_parameters=outcome.error.parameters if outcome.error else {},
            prompt_tokens=outcome.prompt_tokens,
            completion_tokens=outcome.completion_tokens,
            seconds_to_text=outcome.seconds_to_text,
            sources=outcome.sources,
            left_out=outcome.left_out,
            lease_until=None,
            finished_at=now(),
        )
    )
    if not await _changes(db, ended):
        raise Fenced()
    await _changes(db, _REMOVE_PIECES, {"ended_id": generation_id})


async def has_ended(db: AsyncSession, held: Claim) -> bool:
    """Whether the generation became final in this very attempt."""
    same = (col(Generation.id) == held.generation_id, col(Generation.attempt) == held.attempt)
    found = await db.exec(select(Generation.id).where(*same, col(Generation.status).not_in(ACTIVE)))
    return found.first() is not None


async def queue_again(db: AsyncSession, generation_id: str, attempt: int) -> bool:
    """Queue a dead process's generation again, unless text of it was stored; returns whether it is queued now."""
    unseen = (*_is(generation_id, Status.RUNNING, attempt), col(Generation.seq) == 0)
    again = update(Generation).where(*unseen)
    return await _changes(db, again.values(status=Status.QUEUED, lease_until=None, dispatched_at=queries.moment(db)))


async def dispatched(db: AsyncSession, generation_id: str) -> bool:
    """Note that a generation is being dispatched again, so that the next sweep leaves it alone; False when it is no
    longer queued."""
    queued = update(Generation).where(*_is(generation_id, Status.QUEUED))
    return await _changes(db, queued.values(dispatched_at=queries.moment(db)))


async def stop(db: AsyncSession, generation_id: str) -> None:
    """End a queued generation at once; set the stop flag of a running one, whose runner ends it."""
    moment = now()
    queued = update(Generation).where(*_is(generation_id, Status.QUEUED))
    if not await _changes(db, queued.values(status=Status.STOPPED, stop_requested_at=moment, finished_at=moment)):
        running = update(Generation).where(*_is(generation_id, Status.RUNNING))
        await _changes(db, running.values(stop_requested_at=moment))


async def expire_leases(db: AsyncSession) -> None:
    """Treat every running generation as abandoned. Only for the one process that owns the database."""
    running = update(Generation).where(col(Generation.status) == Status.RUNNING)
    await _changes(db, running.values(lease_until=queries.moment(db, -1)))


async def _get_claim(db: AsyncSession, generation_id: str) -> Claim:
    generation, owner_id = (await db.exec(_CLAIMED, params={"claimed_id": generation_id})).one()
    return Claim(
        generation_id=generation.id,
        conversation_id=generation.conversation_id,
        owner_id=owner_id,
        message_id=generation.message_id,
        model=generation.model,
        attempt=generation.attempt,
        continues_id=generation.continues_id,
        parameters=generation.parameters,
    )


def _is(generation_id: str, status: Status, attempt: int | None = None) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a row may change: nobody else has changed it meanwhile."""
    same = (col(Generation.id) == generation_id, col(Generation.status) == status)
    return same if attempt is None else (*same, col(Generation.attempt) == attempt)


def _is_held(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return _is(held.generation_id, Status.RUNNING, held.attempt)


async def _changes(db: AsyncSession, statement: UpdateBase, params: Mapping[str, object] | None = None) -> bool:
    """Run it; returns whether it changed anything. Entities that the session has loaded are not brought up to date."""
    result = await db.exec(statement, params=params, execution_options={"synchronize_session": False})
    return result.rowcount > 0
