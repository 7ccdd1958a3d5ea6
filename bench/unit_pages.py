"""What open pages cost: an idle one, a question, a flush, an end. Measured in a web process that does nothing else.

The pages are spoken at the level of the protocol (bench/tab.py). There is no worker: this process claims what they ask
for, and writes to the event log what a worker would.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import psutil

from bench.metered import Servers, elapse
from bench.simulation import KEYS_A_PAGE, hub_reads_a_second
from bench.tab import Tab, sign_up, tab
from chatapp import database
from chatapp.generations import dispatch, lifecycle, queries
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.models import Status
from chatapp.process import running_worker
from chatapp.streaming import hub, notices
from chatapp.streaming.ending import say_ended
from chatapp.streaming.events import Delta, Entry, Position, generation_key
from tests.services.real_server import RealServer
from tests.services.worker_process import ROOT, environment

PAGES = 20
SECONDS = 8
ENTRY_SECONDS = 0.04
PATIENCE_SECONDS = 120
IDLE = {"web": "web", "postgres": "postgres", "redis_web": "redis"}
"""Which costs an idle web process has, and whose they are."""
QUIET_SECONDS = 1.5
"""So long without a frame, and a page has shown all there is."""


async def measure_pages(servers: Servers, folder: Path, answers: Mapping[str, float]) -> dict[str, float]:
    """The costs of pages. What an entry costs on its way through the hub (see `answers`) is taken off a flush's."""
    async with _web(servers, folder) as pid, running_worker(servers.settings):
        dispatch.use(_nobody)
        servers.also["web"] = pid
        alone_mb = _memory_mb(pid)
        alone = await servers.cost(elapse(SECONDS), SECONDS)
        url = servers.settings.effective_public_url
        async with _pages(url) as tabs:
            await _warm_up(tabs)
        async with _pages(url) as tabs:
            costs = await _live(servers, tabs, answers)
            costs["page_mb"] = (_memory_mb(pid) - alone_mb) / PAGES
    del servers.also["web"]
    alone_us = {f"{kind}_second_us": alone[name] for kind, name in IDLE.items()}
    return costs | alone_us | {"web_mb": alone_mb}


@asynccontextmanager
async def _pages(url: str) -> AsyncIterator[list[Tab]]:
    """Pages of as many people, who read what comes."""
    async with AsyncExitStack() as stack:
        cookies = [await sign_up(url) for _ in range(PAGES)]
        tabs = [await stack.enter_async_context(tab(url, cookie)) for cookie in cookies]
        following = [asyncio.create_task(opened.follow()) for opened in tabs]
        yield tabs
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)


async def _warm_up(tabs: Sequence[Tab]) -> None:
    """What a process does once, as connecting to the database and compiling statements, is no page's cost."""
    await _ask_all(tabs)
    await _end_all(await _claim_all(), tabs)


async def _live(servers: Servers, tabs: Sequence[Tab], answers: Mapping[str, float]) -> dict[str, float]:
    idle = await servers.cost(elapse(SECONDS), PAGES * SECONDS)
    before_bytes = _received(tabs)
    send = await servers.cost(_ask_all(tabs), PAGES)
    sent_bytes = _received(tabs) - before_bytes
    claims = await _claim_all()
    frames, before_bytes = sum(opened.frames for opened in tabs), _received(tabs)
    write = await servers.cost(_write_all(claims), 1)
    frames, flush_bytes = sum(opened.frames for opened in tabs) - frames, _received(tabs) - before_bytes
    end = await servers.cost(_end_all(claims, tabs), PAGES)
    entries = PAGES * int(SECONDS / ENTRY_SECONDS)
    of_key_us = KEYS_A_PAGE * PAGES * answers["redis_read_key_us"]
    reads_us = SECONDS * hub_reads_a_second(PAGES, 1 / ENTRY_SECONDS) * (answers["redis_read_us"] + of_key_us)
    return {
        "page_second_us": idle["web"],
        "postgres_page_second_us": idle["postgres"],
        "redis_page_second_us": idle["redis"],
        "send_us": send["web"],
        "postgres_send_us": send["postgres"],
        "redis_send_us": send["redis"],
        "send_bytes": sent_bytes / PAGES,
        "flush_us": (write["web"] - entries * answers["follow_us"]) / frames,
        "redis_flush_us": max(0.0, write["redis"] - entries * answers["redis_append_us"] - reads_us) / frames,
        "client_frame_us": max(0.0, write["own"] - entries * answers["append_us"]) / frames,
        "flush_bytes": flush_bytes / frames,
        "end_us": end["web"],
        "postgres_end_us": end["postgres"],
        "redis_end_us": end["redis"],
    }


async def _ask_all(tabs: Sequence[Tab]) -> None:
    await asyncio.gather(*(opened.ask(f"count {number}") for number, opened in enumerate(tabs)))
    await _quiet(tabs, lambda: all(opened.conversation_id for opened in tabs))


async def _quiet(tabs: Sequence[Tab], is_done: Callable[[], bool]) -> None:
    """Wait until it is done and nothing more comes, on a busy machine too."""
    seen = -1
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_done() or seen != _received(tabs):
            seen = _received(tabs)
            await elapse(QUIET_SECONDS)


async def _claim_all() -> list[Claim]:
    async with database.reading() as db:
        queued = await queries.list_queued_for(db, -60)
    claims = []
    for generation_id in queued:
        async with database.writing() as db:
            claims.append(await lifecycle.claim(db, generation_id, 600))
    return [claim for claim in claims if claim]


async def _write_all(claims: Sequence[Claim]) -> None:
    async def write(number: int, claim: Claim) -> None:
        await notices.answer_started(claim.conversation_id)
        await elapse(number * ENTRY_SECONDS / PAGES)
        for seq in range(1, int(SECONDS / ENTRY_SECONDS) + 1):
            entry = Entry(Position(claim.attempt, seq), Delta(f"word {seq} "))
            await hub.current().log.append(generation_key(claim.generation_id), [entry])
            await elapse(ENTRY_SECONDS)

    await asyncio.gather(*(write(number, claim) for number, claim in enumerate(claims)))


async def _end_all(claims: Sequence[Claim], tabs: Sequence[Tab]) -> None:
    async def end(claim: Claim) -> None:
        last = int(SECONDS / ENTRY_SECONDS)
        text = "".join(f"word {seq} " for seq in range(1, last + 1))
        async with database.writing() as db:
            await lifecycle.finish(db, claim, Outcome(Status.COMPLETED, last, text))
        await say_ended(hub.current().log, claim.generation_id, Position(claim.attempt, last + 1))
        await notices.conversation_changed(claim.owner_id, claim.conversation_id)

    await asyncio.gather(*map(end, claims))
    await _quiet(tabs, lambda: all(opened.status == Status.COMPLETED for opened in tabs))


async def _nobody(_generation_id: str) -> None:
    """There is no other worker than this process."""


@asynccontextmanager
async def _web(servers: Servers, folder: Path) -> AsyncIterator[int]:
    """The process id of a web process that serves no files."""
    address = f"{servers.settings.effective_public_url}/health/ready"
    served = RealServer(
        [sys.executable, "-m", "chatapp", "serve", "--backend-only"],
        folder / "web.log",
        lambda: _is_ready(address),
        environment=environment(servers.settings, PORT=str(servers.settings.port)),
        folder=ROOT,
    )
    await asyncio.to_thread(served.start)
    try:
        yield served.pid
    finally:
        await asyncio.to_thread(served.stop)


def _is_ready(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def _memory_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / 1e6)


def _received(tabs: Sequence[Tab]) -> int:
    return sum(opened.received_bytes for opened in tabs)
