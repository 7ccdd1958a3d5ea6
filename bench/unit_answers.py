"""What writing answers costs: a part, a log entry, its way through the hub, a checkpoint, and an answer's two ends.

Runs in this very process but for an answer's two ends, which a worker process writes, each unit alone, paced as a model
of 30 tokens a second paces it: what comes one by one costs more than what comes together.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
import psycopg
import redis.asyncio
from sqlmodel import select

from bench.metered import Servers, elapse, settings_for
from bench.simulation import reads_a_second
from chatapp import database
from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch
from chatapp.conversations import service as conversations
from chatapp.conversations.service import Posted
from chatapp.generations import dispatch, lifecycle, reaper
from chatapp.generations.checkpoints import Checkpoints
from chatapp.generations.lifecycle import Claim
from chatapp.migrations import migrate
from chatapp.models import Conversation, TitleSource
from chatapp.process import running, running_worker
from chatapp.providers import registry
from chatapp.providers.base import ChatMessage
from chatapp.settings import current
from chatapp.streaming import hub
from chatapp.streaming.events import START, Delta, Entry, Position, generation_key
from chatapp.worker.queue import Queue
from tests.conftest import add_person
from tests.services.worker_process import WorkerProcess

ANSWERS = 20
SECONDS = 8
RATE = 30
"""Tokens a second: so few that a read brings one or two."""

FAST_ANSWERS = 4
FAST_RATE = 600
"""So many that each read brings a good twenty."""

ENTRY_SECONDS = 0.05
"""Between two entries, which come at the same instants for all answers, as they are read."""

PIECE = "the words of about a second, thirty tokens of them, which makes this many characters here"
IDLE_SECONDS = 5
PATIENCE_SECONDS = 60
SILENT_KEYS = 4
"""For each answer's key: so that a process follows 100 keys instead of 20."""

LOOK_SECONDS = 0.25
SWEEPS = 50
MORE_RUNNING = 10_000
"""Answers of others that a sweep passes over: so many that their share of its cost can be seen."""

RUNNING_ROWS = """
WITH numbered AS (SELECT 'other ' || n AS id FROM generate_series(1, %s) AS n),
conversations AS (
    INSERT INTO conversation
        (id, owner_id, title, title_source, model, first_client_message_id, created_at, updated_at)
    SELECT id, (SELECT min(id) FROM user_account), '', 'question', '', id, now(), now() FROM numbered),
messages AS (
    INSERT INTO message (id, conversation_id, ordinal, role, text, created_at)
    SELECT id, id, 1, 'assistant', '', now() FROM numbered)
INSERT INTO generation
    (id, conversation_id, message_id, model, status, attempt, seq, lease_until, text, reasoning, finish_reason,
     error_code, error_message, omitted_messages, created_at, dispatched_at)
SELECT id, id, id, '', 'running', 1, 0, now() + interval '1 hour', '', '', '', '', '', 0, now(), now() FROM numbered
"""


async def measure_answers(servers: Servers, folder: Path) -> dict[str, float]:
    """The costs of everything but pages."""
    async with running_worker(servers.settings):
        dispatch.use(_nobody)
        person = await add_person("ada")
        of_worker = await _of_worker(servers, folder, person)
        alone = await servers.cost(_read_parts(ANSWERS, RATE), ANSWERS * SECONDS * RATE)
        together = await servers.cost(_read_parts(FAST_ANSWERS, FAST_RATE), FAST_ANSWERS * SECONDS * FAST_RATE)
        entries = ANSWERS * int(SECONDS / ENTRY_SECONDS)
        append = await servers.cost(_append(_keys()), entries)
        following = await _following(servers, append, entries)
        claims = [await _claim(person) for _ in range(ANSWERS)]
        piece = await servers.cost(_checkpoint(claims), ANSWERS * SECONDS)
        sweep = await servers.cost(_sweep(), SWEEPS)
        await asyncio.to_thread(_add_running, servers.settings.effective_database_url)
        long_sweep = await servers.cost(_sweep(), SWEEPS)
    return (
        of_worker
        | following
        | {
            "read_us": max(0.0, alone["own"] - together["own"]) * RATE / reads_a_second(RATE),
            "part_us": together["own"],
            "append_us": append["own"],
            "piece_us": piece["own"],
            "redis_append_us": append["redis"],
            "postgres_piece_us": piece["postgres"],
            "postgres_sweep_us": sweep["postgres"],
            "postgres_sweep_row_us": max(0.0, long_sweep["postgres"] - sweep["postgres"]) / MORE_RUNNING,
        }
    )


async def measure_sqlite(servers: Servers, folder: Path) -> dict[str, float]:
    """A question and a checkpoint where there is one process and a SQLite file."""
    settings = settings_for(folder)
    migrate(settings)
    async with running(settings):
        dispatch.use(_nobody)
        person = await add_person("ada")
        send = await servers.cost(asyncio.gather(*(_ask(person) for _ in range(ANSWERS))), ANSWERS)
        claims = [await _claim(person) for _ in range(ANSWERS)]
        piece = await servers.cost(_checkpoint(claims), ANSWERS * SECONDS)
    return {"sqlite_send_us": send["own"], "sqlite_piece_us": piece["own"]}


async def _of_worker(servers: Servers, folder: Path, person: Principal) -> dict[str, float]:
    """What a worker process uses while it has nothing to do, and for an answer of one word with its title."""
    worker = WorkerProcess(servers.settings, folder / "worker.log")
    await asyncio.to_thread(worker.start)
    servers.also["worker"] = worker.pid
    idle = await servers.cost(elapse(IDLE_SECONDS), IDLE_SECONDS)
    queue = Queue(servers.settings.redis_url)
    await _answer_all(queue, [await _ask(person) for _ in range(ANSWERS)])  # connections made, statements compiled
    posted = [await _ask(person) for _ in range(ANSWERS)]
    answer = await servers.cost(_answer_all(queue, posted), ANSWERS)
    memory_mb = psutil.Process(worker.pid).memory_info().rss / 1e6
    del servers.also["worker"]
    await asyncio.to_thread(worker.stop)
    return {
        "worker_second_us": idle["worker"],
        "redis_worker_second_us": idle["redis"],
        "worker_mb": memory_mb,
        "answer_us": answer["worker"],
        "redis_answer_us": answer["redis"],
        "postgres_answer_us": answer["postgres"],
    }


async def _answer_all(queue: Queue, posted: Sequence[Posted]) -> None:
    """Have the worker write answers of one word, and wait for their titles, which come last."""
    for one in posted:
        await queue.generate(one.generation_id)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await _count_untitled():
            await elapse(LOOK_SECONDS)


async def _count_untitled() -> int:
    async with database.reading() as db:
        found = await db.exec(select(Conversation.id).where(Conversation.title_source == TitleSource.QUESTION))
        return len(list(found))


async def _nobody(_generation_id: str) -> None:
    """Where generations go that this measurement runs itself."""


async def _ask(person: Principal) -> Posted:
    model = f"{next(iter(registry.current().providers))}/demo"
    return await conversations.post_message(person, "", "count 1 at 1000", str(uuid.uuid4()), model)


async def _claim(person: Principal) -> Claim:
    posted = await _ask(person)
    async with database.writing() as db:
        claim = await lifecycle.claim(db, posted.generation_id, current().lease_seconds)
    assert claim is not None
    return claim


async def _read_parts(answers: int, rate: int) -> None:
    provider = next(iter(registry.current().providers.values()))

    async def read(number: int) -> None:
        question = ChatMessage("user", f"count {SECONDS * rate} at {rate} for {number}")
        async for _ in provider.stream("demo", [question]):
            pass

    await asyncio.gather(*map(read, range(answers)))


def _keys() -> list[str]:
    return [generation_key(str(uuid.uuid4())) for _ in range(ANSWERS)]


async def _append(keys: list[str]) -> None:
    async def write(key: str) -> None:
        for seq in range(1, int(SECONDS / ENTRY_SECONDS) + 1):
            await hub.current().log.append(key, [Entry(Position(1, seq), Delta("two "))])
            await elapse(ENTRY_SECONDS)

    await asyncio.gather(*map(write, keys))


async def _following(servers: Servers, append: Mapping[str, float], entries: int) -> dict[str, float]:
    """What an entry's way through the hub costs, and Redis a read and each key that it names.

    These two are told apart by following also keys on which nothing comes.
    """
    alone, alone_reads = await _follow(servers, entries)
    among, among_reads = await _follow(servers, entries, SILENT_KEYS)
    read_us = (alone["redis"] - append["redis"]) * entries / alone_reads
    long_read_us = (among["redis"] - append["redis"]) * entries / among_reads
    key_us = max(0.0, long_read_us - read_us) / SILENT_KEYS / ANSWERS
    return {
        "follow_us": max(0.0, alone["own"] - append["own"]),
        "redis_read_us": max(0.0, read_us - ANSWERS * key_us),
        "redis_read_key_us": key_us,
    }


async def _follow(servers: Servers, entries: int, silent: int = 0) -> tuple[dict[str, float], int]:
    """What appending and following costs for each entry, and how often Redis was read for it."""
    before = await _count_reads(servers)
    costs = await servers.cost(_append_and_follow(_keys(), silent), entries)
    return costs, await _count_reads(servers) - before


async def _count_reads(servers: Servers) -> int:
    async with redis.asyncio.from_url(servers.settings.redis_url) as client:
        return int((await client.info("commandstats")).get("cmdstat_xread", {}).get("calls", 0))


async def _append_and_follow(keys: list[str], silent: int = 0) -> None:
    async def follow(key: str) -> None:
        async with hub.current().subscribe() as subscription:
            await subscription.add(key, START)
            for number in range(silent):
                await subscription.add(f"{key}-{number}", START)
            while True:
                await subscription.next(SECONDS)
                await elapse(ENTRY_SECONDS)

    following = [asyncio.create_task(follow(key)) for key in keys]
    await _append(keys)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)


async def _checkpoint(claims: list[Claim]) -> None:
    checkpoints = Checkpoints()
    for second in range(1, SECONDS + 1):
        saving = (checkpoints.save(claim, second, PIECE, "") for claim in claims)
        await asyncio.gather(*saving)


def _add_running(database_url: str) -> None:
    """Answers that others write, for the sweep to pass over."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute(RUNNING_ROWS, [MORE_RUNNING])


async def _sweep() -> None:
    for _ in range(SWEEPS):
        await reaper.sweep(JumpWatch())
