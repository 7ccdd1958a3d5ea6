"""Writes one answer: claim, context, provider, log, checkpoints, end. The same code in a web process and in a worker.

The runner knows no page. It turns everything that can go wrong into a final state: when `run` returns, the generation
is final or somebody else owns it, or it is still queued because the database was down.
"""

import asyncio
import time
from contextlib import aclosing

from chatapp import log as logging
from chatapp import metrics
from chatapp.catalog import service as catalog
from chatapp.conversations import queries as conversation_queries
from chatapp.db import database
from chatapp.errors import ChatappError, ContextTooLong, DatabaseUnavailable, Fenced, ProviderError, SystemRoleRefused
from chatapp.generations import dispatch, lifecycle, prompt, sources
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.context import Context
from chatapp.generations.heartbeat import ActiveClaim, Heartbeat
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.generations.message_queue import advancing
from chatapp.generations.queries import Answer
from chatapp.generations.second_try import SecondTry
from chatapp.generations.writer import Writer
from chatapp.log import get_logger
from chatapp.models import Status
from chatapp.providers import registry, system_role
from chatapp.providers.base import FinishPart, LeftOutPart, Source, SourcesPart, UsagePart
from chatapp.settings import Settings
from chatapp.streaming import notices
from chatapp.streaming.ending import say_ended
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import Delta, Position

log = get_logger(__name__)

RETRY_SECONDS = 0.5
"""Between two attempts to store the end of an answer while the database is down."""

EMPTY = ProviderError("empty_answer", code="empty")


class Reading:
    """One pass over a provider's parts: text goes to the writer, the rest is kept."""

    def __init__(self, claim: Claim, writer: Writer, settings: Settings) -> None:
        self._claim = claim
        self._writer = writer
        self._settings = settings
        self._has_begun = False
        self.finish_reason = ""
        self.usage: UsagePart | None = None
        self.sources: tuple[Source, ...] = ()
        self.left_out: tuple[str, ...] = ()

    async def run(self) -> None:
        """Ask the model and take its answer. Raises ProviderError."""
        second_try = SecondTry(self._claim, self._settings)
        prepared = await prompt.prepare(self._claim, self._settings)
        while True:
            try:
                return await self._read(prepared)
            except (ContextTooLong, SystemRoleRefused) as refused:
                if self._has_begun:
                    raise
                prepared = await second_try.instead_of(prepared, refused)

    async def _read(self, prepared: Context) -> None:
        provider, model_id = registry.current().provider(self._claim.model)
        messages = system_role.fitting(provider, model_id, prepared.messages)
        asked_at = time.monotonic()
        async with aclosing(provider.stream(model_id, messages, prepared.parameters)) as parts:
            async for part in parts:
                if isinstance(part, LeftOutPart):
                    self.left_out = part.names
                    continue
                if not self._has_begun:
                    metrics.first_part(time.monotonic() - asked_at)
                    self._has_begun = True
                if isinstance(part, UsagePart):
                    self.usage = part
                elif isinstance(part, FinishPart):
                    self.finish_reason = part.reason
                elif isinstance(part, SourcesPart):
                    self.sources = part.sources
                else:
                    self._writer.add(part)
        if self.usage:
            prompt.observe(self._claim, prepared, self.usage.prompt_tokens)


class Runner:
    """Runs generations of this process."""

    def __init__(self, settings: Settings, event_log: EventLog, heartbeat: Heartbeat) -> None:
        self._settings = settings
        self._log = event_log
        self._heartbeat = heartbeat
        self._checkpoints = Checkpoints()

    async def run(self, generation_id: str) -> Claim | None:
        """Write the answer to its end; None when there was nothing to claim, or the claim was lost on the way.

        Also None when the database is down: the generation stays queued, and a reaper dispatches it again.
        """
        try:
            claim = await _claim(generation_id, self._settings.lease_seconds)
        except DatabaseUnavailable:
            return None
        if claim is None:
            return None
        logging.bind_ids(generation_id=generation_id, conversation_id=claim.conversation_id)
        await notices.answer_started(claim.conversation_id)
        try:
            await self._write(claim)
        except Fenced:
            log.warning("claim_lost", attempt=claim.attempt)
            return None
        return claim

    def interrupt(self) -> None:
        """Have all that is being read end as interrupted; what has been read to its end is stored as it is."""
        self._heartbeat.interrupt()

    async def _write(self, claim: Claim) -> None:
        """Read the provider until it ends, fails or is stopped, or this process must end; then end the generation.

        The claim is held until the end is stored. Raises Fenced.
        """
        writer = Writer(claim, self._log, self._checkpoints, self._settings.checkpoint_seconds)
        reading = Reading(claim, writer, self._settings)
        work: asyncio.Task[object] = asyncio.create_task(reading.run(), name=f"reading {claim.generation_id}")
        async with self._heartbeat.hold(claim, work) as hold:
            async with writer:
                status, failure = await _wait(work, hold)
            if isinstance(failure, ProviderError):
                catalog.note_failure(claim.model, failure)
            if status is Status.COMPLETED and not writer.has_text:
                status, failure = Status.FAILED, EMPTY
            rest = await writer.take_rest()
            await self._finish(claim, _outcome(status, failure, writer, rest, reading))

    async def _finish(self, claim: Claim, outcome: Outcome) -> None:
        """Commit the end, then log it: whoever reads End may trust the database. Raises Fenced."""
        following = await _store_end(claim, outcome)
        await say_ended(self._log, claim.generation_id, Position(claim.attempt, outcome.seq + 1))
        if following:
            await dispatch.start(following.generation_id)
        await notices.conversation_changed(claim.owner_id, claim.conversation_id)
        metrics.generation_ended(outcome.status, outcome.prompt_tokens, outcome.completion_tokens)
        log.info("generation_ended", status=outcome.status, error=outcome.error.code if outcome.error else "")


@database.retries
async def _claim(generation_id: str, lease_seconds: float) -> Claim | None:
    """Take the generation. If the connection broke at COMMIT and the claim counted all the same, nobody holds it: its
    lease runs out, and the generation is queued again, because nothing of it was shown."""
    async with database.writing() as db:
        return await lifecycle.claim(db, generation_id, lease_seconds)


async def _store_end(claim: Claim, outcome: Outcome) -> Answer | None:
    """Store the end, however long the database is down: this process alone has it. Returns the answer that comes next,
    to a message that waited for this end; if nobody knows, a reaper will dispatch it. Raises Fenced."""
    is_retry = False
    while True:
        try:
            async with database.writing() as db:
                if is_retry and await lifecycle.has_ended(db, claim):  # the connection broke at COMMIT, but it counted
                    return None
                # First the conversation, as everybody does: no deadlock.
                is_news = outcome.status != Status.STOPPED
                await conversation_queries.note_end(db, claim.conversation_id, is_news=is_news)
                await lifecycle.finalize(db, claim.generation_id, claim.attempt, outcome)
                return await advancing.advance(db, claim.conversation_id, outcome.status)
        except database.UNAVAILABLE as error:
            log.warning("end_not_stored", error=type(error).__name__)
            metrics.database_failed()
        is_retry = True
        await asyncio.sleep(RETRY_SECONDS)


async def _wait(work: asyncio.Task[object], hold: ActiveClaim) -> tuple[Status, ChatappError | None]:
    """How the reading ended. Raises Fenced when the claim was lost on the way."""
    try:
        await work
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return _why_cancelled(hold), None
    except ChatappError as error:
        return Status.FAILED, error
    except Exception:
        log.exception("generation_crashed")
        return Status.FAILED, ChatappError()
    return Status.COMPLETED, None


def _why_cancelled(hold: ActiveClaim) -> Status:
    if hold.lost:
        raise Fenced()
    return Status.STOPPED if hold.stopped else Status.INTERRUPTED


def _outcome(status: Status, failure: ChatappError | None, writer: Writer, rest: Delta, reading: Reading) -> Outcome:
    return Outcome(
        status=status,
        seq=writer.seq,
        seconds_to_text=writer.seconds_to_text,
        text=rest.text,
        reasoning=rest.reasoning,
        turns_text=rest.turns_text,
        sources=sources.store(reading.sources),
        left_out=",".join(reading.left_out),
        finish_reason=reading.finish_reason,
        error=failure,
        prompt_tokens=reading.usage.prompt_tokens if reading.usage else None,
        completion_tokens=reading.usage.completion_tokens if reading.usage else None,
    )
