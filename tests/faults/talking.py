"""Many questions to real workers at once, and what must be true of every answer. The test is the web process."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations.asking import Posted
from chatapp.generations.queries import Answer
from chatapp.models import ACTIVE, Generation, Status
from chatapp.streaming import hub
from chatapp.streaming.events import START, Delta, generation_key
from tests.conftest import ScriptedModel
from tests.generations.conversing import answer_of, ask, ended
from tests.waiting import until


def counted(last: int) -> str:
    """What the scripted model says to `count LAST`."""
    return " ".join(map(str, range(1, last + 1)))


async def ask_all(principal: Principal, questions: Iterable[str]) -> list[Posted]:
    """Ask each in a conversation of its own."""
    return list(await asyncio.gather(*(ask(principal, question) for question in questions)))


async def all_ended(principal: Principal, posted: Sequence[Posted], *, seconds: float = 40) -> list[Answer]:
    """Wait for the end of each; returns them in order."""
    return list(await asyncio.gather(*(ended(principal, p.conversation_id, seconds=seconds) for p in posted)))


async def all_answers(principal: Principal, posted: Sequence[Posted]) -> list[Answer]:
    """Each answer as the database has it now."""
    return list(await asyncio.gather(*(answer_of(principal, p.conversation_id) for p in posted)))


async def all_logged(posted: Sequence[Posted], characters: int = 1, *, seconds: float = 20) -> None:
    """Wait until the log has so much text of each."""

    async def are_there() -> bool:
        return all([len(await logged_text(p)) >= characters for p in posted])

    await until(are_there, seconds=seconds, what=f"{characters} logged characters of each answer")


async def logged_text(posted: Posted) -> str:
    """The text of one answer in the event log."""
    entries = await hub.current().log.read(generation_key(posted.generation_id), START)
    return "".join(e.event.text for e in entries if isinstance(e.event, Delta))


async def all_running(principal: Principal, posted: Sequence[Posted]) -> None:
    """Wait until a worker has claimed each."""

    async def are_running() -> bool:
        return all(a.status == Status.RUNNING for a in await all_answers(principal, posted))

    await until(are_running, seconds=20, what="the claims")


async def all_closed(model: ScriptedModel, requests: int) -> None:
    """Wait until the model has so many requests behind it and none before it."""

    async def are_closed() -> bool:
        found = await model.requests()
        return len(found) >= requests and all(request["closed_by"] for request in found)

    await until(are_closed, seconds=20, what="the end of all requests to the model")


async def active_count() -> int:
    """How many generations are queued or running, of anybody."""
    async with database.reading() as db:
        return len((await db.exec(select(Generation.id).where(col(Generation.status).in_(ACTIVE)))).all())


async def attempts_of(posted: Posted) -> int:
    """How often an answer was claimed."""
    async with database.reading() as db:
        found = await db.get(Generation, posted.generation_id)
    assert found is not None
    return found.attempt


async def seconds_to_end(generation_id: str) -> float:
    """From the moment a generation was made to its end."""
    async with database.reading() as db:
        found = await db.get(Generation, generation_id)
    assert found is not None
    assert found.finished_at is not None
    return (found.finished_at - found.created_at).total_seconds()


async def passed(seconds: float) -> None:
    """Wait until so much time has passed: for how long a fault lasts, never for something to happen."""
    since = time.monotonic()

    async def is_over() -> bool:
        return time.monotonic() - since >= seconds

    await until(is_over, seconds=seconds + 5)
