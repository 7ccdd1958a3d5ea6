"""Writes one answer: claim, context, provider, log, checkpoints, end. The same code in a web process and in a worker.

The runner knows no page. It owns the translation of everything that can go wrong into a final state: after `run`
returns, the generation is final, or somebody else owns it.
"""

import asyncio
from contextlib import aclosing

from chatapp import database
from chatapp.conversations import queries as conversation_queries
from chatapp.errors import ChatappError, Fenced, ProviderError
from chatapp.generations import lifecycle, prompt
from chatapp.generations.heartbeat import Heartbeat, Hold
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.generations.writer import Writer
from chatapp.log import get_logger
from chatapp.models import Status
from chatapp.providers import registry
from chatapp.providers.base import FinishPart, UsagePart
from chatapp.settings import Settings
from chatapp.streaming import notices
from chatapp.streaming.event_log import KEEP_AFTER_END_SECONDS, EventLog
from chatapp.streaming.events import End, Entry, Position, generation_key

log = get_logger(__name__)

EMPTY = ProviderError("The model gave an empty answer. Try again, or pick another model.", code="empty")


class Reading:
    """One pass over a provider's parts: text goes to the writer, the rest is kept."""

    def __init__(self, claim: Claim, writer: Writer, settings: Settings) -> None:
        self._claim = claim
        self._writer = writer
        self._settings = settings
        self.finish_reason = ""
        self.usage: UsagePart | None = None

    async def run(self) -> None:
        """Ask the model and take its answer. Raises ProviderError."""
        prepared = await prompt.prepare(self._claim, self._settings)
        provider, model_id = registry.current().provider(self._claim.model)
        async with aclosing(provider.stream(model_id, prepared.messages)) as parts:
            async for part in parts:
                if isinstance(part, UsagePart):
                    self.usage = part
                elif isinstance(part, FinishPart):
                    self.finish_reason = part.reason
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

    async def run(self, generation_id: str) -> Claim | None:
        """Write the answer to its end; None when there was nothing to claim or the claim was lost on the way."""
        async with database.writing() as db:
            claim = await lifecycle.claim(db, generation_id, self._settings.lease_seconds)
        if claim is None:
            return None
        await notices.answer_started(claim.conversation_id)
        try:
            outcome = await self._write(claim)
            await self._finish(claim, outcome)
        except Fenced:
            log.warning("claim_lost", generation_id=generation_id, attempt=claim.attempt)
            return None
        return claim

    async def _write(self, claim: Claim) -> Outcome:
        """Read the provider until it ends, fails, is stopped, or this process is told to go. Raises Fenced."""
        writer = Writer(claim, self._log, self._settings.checkpoint_seconds)
        reading = Reading(claim, writer, self._settings)
        work: asyncio.Task[object] = asyncio.create_task(reading.run(), name=f"reading {claim.generation_id}")
        status, failure = Status.COMPLETED, None
        async with self._heartbeat.hold(claim, work) as hold, writer:
            try:
                await work
            except asyncio.CancelledError:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                status = _why_cancelled(hold)
            except ChatappError as error:
                status, failure = Status.FAILED, error
            except Exception:
                log.exception("generation_crashed", generation_id=claim.generation_id)
                status, failure = Status.FAILED, ChatappError()
        if status is Status.COMPLETED and not writer.has_text:
            status, failure = Status.FAILED, EMPTY
        return _outcome(status, failure, writer, reading)

    async def _finish(self, claim: Claim, outcome: Outcome) -> None:
        """Commit the end, then say so: whoever reads End may trust the database. Raises Fenced."""
        async with database.writing() as db:
            await lifecycle.finish(db, claim, outcome)
            await conversation_queries.touch(db, claim.conversation_id)
        key = generation_key(claim.generation_id)
        await self._log.append(key, [Entry(Position(claim.attempt, outcome.seq + 1), End())])
        await self._log.expire(key, KEEP_AFTER_END_SECONDS)
        await notices.conversation_changed(claim.owner_id, claim.conversation_id)
        log.info("generation_ended", generation_id=claim.generation_id, status=outcome.status, error=outcome.error_code)


def _why_cancelled(hold: Hold) -> Status:
    if hold.lost:
        raise Fenced()
    return Status.STOPPED if hold.stopped else Status.INTERRUPTED


def _outcome(status: Status, failure: ChatappError | None, writer: Writer, reading: Reading) -> Outcome:
    return Outcome(
        status=status,
        seq=writer.seq,
        text=writer.unsaved.text,
        reasoning=writer.unsaved.reasoning,
        finish_reason=reading.finish_reason,
        error_code=failure.code if failure else "",
        error_message=failure.user_message if failure else "",
        prompt_tokens=reading.usage.prompt_tokens if reading.usage else None,
        completion_tokens=reading.usage.completion_tokens if reading.usage else None,
    )
