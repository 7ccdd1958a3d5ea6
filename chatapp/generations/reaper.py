"""Finds generations that nobody runs any more and gives each its end, or starts it again if nothing of it was shown.

Safe to run in every process at once: each step is a compare-and-set. What the event log holds beyond the last
checkpoint is folded into the text first, so a reader never sees less than was on the screen.
"""

import asyncio
import time
from datetime import timedelta
from functools import reduce

from chatapp import metrics
from chatapp.clock import JumpWatch, now
from chatapp.conversations import queries as conversation_queries
from chatapp.db import database
from chatapp.errors import ChatappError, Fenced, NotFound, RedisUnavailable
from chatapp.generations import dispatch, lifecycle, queries
from chatapp.generations.lifecycle import MAX_ATTEMPTS, Outcome
from chatapp.generations.message_queue import advancing
from chatapp.generations.message_queue import queries as queue_queries
from chatapp.log import get_logger
from chatapp.models import Generation, Status
from chatapp.settings import Settings
from chatapp.streaming import hub, notices
from chatapp.streaming.ending import say_ended
from chatapp.streaming.events import Changed, Delta, Entry, Position, generation_key

log = get_logger(__name__)

QUEUED_SECONDS = 10
"""How long a generation may wait for a claim before it is dispatched again: a queue may have lost it."""


async def run(settings: Settings) -> None:
    """Sweep for ever.

    After a jump of the clock, or an outage of the database in which nobody could renew a lease, the database first has
    to answer for a lease's time, so that every living runner can renew its lease.
    """
    watch, is_unsure = JumpWatch(), False
    while True:
        try:
            await database.ping()  # fails at once, where a transaction waits for a server that restarts
            if is_unsure:
                log.warning("leases_unsure")
                await _database_stays(settings)
            is_unsure = not await sweep(watch)
            await purge_trash(settings.trash_seconds)
            await purge_removed(settings.undo_seconds)
        except (*database.UNAVAILABLE, RedisUnavailable) as error:  # the next sweep sees the same rows
            is_unsure = not isinstance(error, RedisUnavailable)
            log.warning("sweep_failed", error=type(error).__name__)
        except Exception:  # whatever it was: from here on nobody would look after what dies
            log.exception("sweep_crashed")
        await asyncio.sleep(settings.reaper_seconds)


async def _database_stays(settings: Settings) -> None:
    """Wait until the database has answered for a whole lease's time. Raises what `ping` does, if it goes away again."""
    since = time.monotonic()
    while time.monotonic() - since < settings.lease_seconds:
        await asyncio.sleep(settings.reaper_seconds)
        await database.ping()


async def sweep(watch: JumpWatch, *, trusts_log: bool = True, queued_seconds: float = QUEUED_SECONDS) -> bool:
    """End or restart what has no living runner, and dispatch again what was queued for longer than `queued_seconds`.

    A log that is not trusted may lack what was shown: started again is then only what it says has just begun.

    Does nothing and returns False when the clock has jumped. `watch` is asked after the leases were judged, because the
    clock may jump at any moment before that; a later jump does no harm.
    """
    async with database.reading() as db:
        expired = await queries.list_expired(db)
        waiting = await queries.list_queued_for(db, queued_seconds)
    if watch.has_jumped():
        return False
    for generation in expired:
        await _settle(generation, trusts_log=trusts_log)
    for generation_id in waiting:
        await _dispatch_again(generation_id)
    metrics.queue_depth(len(waiting))
    return True


async def take_over() -> None:
    """Settle what an earlier process of this data directory left running; for the process that alone owns its database.

    That process may have written no journal, or not all of it: no room on the disk, an older version. What it left
    queued, nobody will claim until it is dispatched again.
    """
    async with database.writing() as db:
        await lifecycle.expire_leases(db)
    if await sweep(JumpWatch(), trusts_log=False, queued_seconds=0):
        await hub.current().log.forget_rest()


async def purge_trash(kept_seconds: int) -> None:
    """Remove for good what was deleted longer ago than that."""
    async with database.reading() as db:
        gone = await conversation_queries.list_deleted_before(db, now() - timedelta(seconds=kept_seconds))
    for conversation_id in gone:
        async with database.writing() as db:
            await conversation_queries.remove(db, [conversation_id])


async def purge_removed(undo_seconds: int) -> None:
    """Remove for good what was taken out of queues so long ago that it can no longer be undone."""
    async with database.reading() as db:
        unqueued = await queue_queries.list_removed_before(db, now() - timedelta(seconds=undo_seconds))
    for queued_id in unqueued:
        async with database.writing() as db:
            await queue_queries.purge(db, queued_id)


async def _settle(generation: Generation, *, trusts_log: bool) -> None:
    key, begun = generation_key(generation.id), Position(generation.attempt, 0)
    may_requeue = trusts_log or await hub.current().log.last(key) == begun
    await _fence(generation)
    tail = await _read_tail(generation)
    shown = generation.seq > 0 or bool(tail)
    if may_requeue and not shown and generation.attempt < MAX_ATTEMPTS and not generation.stop_requested_at:
        async with database.writing() as db:
            queued = await lifecycle.queue_again(db, generation.id, generation.attempt)
        if queued:
            await dispatch.start(generation.id)
        return
    await _end(generation, _verdict(generation, tail, shown=shown))


async def _fence(generation: Generation) -> None:
    """Close the log of this attempt: whatever a frozen runner still sends is refused, so what is read next is final."""
    fence = Entry(Position(generation.attempt + 1, 0), Changed("fence"))
    try:
        await hub.current().log.append(generation_key(generation.id), [fence])
    except Fenced:  # another reaper has done so
        return


async def _read_tail(generation: Generation) -> list[Delta]:
    """The text beyond the last checkpoint, up to the first gap: a log may have lost its beginning."""
    tail: list[Delta] = []
    for entry in await hub.current().log.read(
        generation_key(generation.id), Position(generation.attempt, generation.seq)
    ):
        follows = entry.position == Position(generation.attempt, generation.seq + len(tail) + 1)
        if not follows or not isinstance(entry.event, Delta):
            break
        tail.append(entry.event)
    return tail


def _verdict(generation: Generation, tail: list[Delta], *, shown: bool) -> Outcome:
    status, error = Status.INTERRUPTED, None
    if generation.stop_requested_at:
        status = Status.STOPPED
    elif not shown and generation.attempt >= MAX_ATTEMPTS:
        status, error = Status.FAILED, ChatappError("crash_loop", code="crash_loop", attempts=MAX_ATTEMPTS)
    rest = reduce(Delta.plus, tail, Delta())
    return Outcome(
        status=status,
        seq=generation.seq + len(tail),
        text=rest.text,
        reasoning=rest.reasoning,
        turns_text=rest.turns_text,
        error=error,
    )


async def _end(generation: Generation, outcome: Outcome) -> None:
    try:
        async with database.writing() as db:
            owner_id = await conversation_queries.lock(db, generation.conversation_id)  # first, as everybody does
            is_news = outcome.status != Status.STOPPED
            await conversation_queries.note_end(db, generation.conversation_id, is_news=is_news)
            await lifecycle.finalize(db, generation.id, generation.attempt, outcome, saved_seq=generation.seq)
            following = await advancing.advance(db, generation.conversation_id, outcome.status)
    except (Fenced, NotFound):
        return
    await say_ended(hub.current().log, generation.id, Position(generation.attempt + 1, 1))
    if following:
        await dispatch.start(following.generation_id)
    await notices.conversation_changed(owner_id, generation.conversation_id)
    metrics.generation_ended(outcome.status)
    log.info("generation_reaped", generation_id=generation.id, status=outcome.status)


async def _dispatch_again(generation_id: str) -> None:
    async with database.writing() as db:
        still_queued = await lifecycle.dispatched(db, generation_id)
    if still_queued:
        await dispatch.start(generation_id)
