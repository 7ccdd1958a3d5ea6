"""Everything a process runs besides serving pages, started in order and stopped in the reverse.

The only place that knows where generations run and which event log carries them. Without Redis one process does
everything; with it web processes serve pages, and workers write answers.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from chatapp import limits
from chatapp import settings as settings_module
from chatapp.accounts import signup
from chatapp.catalog import service as catalog
from chatapp.db import database
from chatapp.demo_model.server import DemoModel
from chatapp.errors import RedisUnavailable
from chatapp.generations import dispatch, reaper
from chatapp.generations.executor import After, GenerationExecutor
from chatapp.generations.heartbeat import Heartbeat
from chatapp.generations.lifecycle import Claim
from chatapp.generations.runner import Runner
from chatapp.jobs.queue import Queue
from chatapp.log import get_logger
from chatapp.providers import registry
from chatapp.providers.registry import Registry, find_endpoints
from chatapp.redis_client import RedisClient
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.hub import Hub
from chatapp.streaming.journal import Journal
from chatapp.streaming.memory_log import MemoryLog
from chatapp.streaming.redis_log import RedisLog
from chatapp.titles import job as title_job

log = get_logger(__name__)

COLLECT_AFTER_OBJECTS = 10_000
"""New containers between two passes over the youngest of them; Python's 700 are used up within a single event."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """Run the services of a web process for as long as the block does; what runs at its end is drained first."""
    async with AsyncExitStack() as stack:
        events = await _start_shared_services(settings, stack)
        if settings.redis_url:
            dispatch.use(Queue(settings.redis_url).generate)
        else:
            executor = await _start_executor(
                settings, stack, events, lambda done: title_job.run(done.conversation_id, settings)
            )
            dispatch.use(executor.start)
            stack.push_async_callback(executor.drain, settings.drain_seconds)
            await reaper.take_over()
        _keep(stack, asyncio.create_task(reaper.run(settings), name="reaper"))
        yield


@asynccontextmanager
async def running_worker(settings: Settings) -> AsyncIterator[GenerationExecutor]:
    """Run the services of a worker for as long as the block does, whose owner drains the executor before it ends."""
    async with AsyncExitStack() as stack:
        events = await _start_shared_services(settings, stack)
        queue = Queue(settings.redis_url)

        async def after(claim: Claim) -> None:
            try:
                await queue.title(claim.conversation_id)
            except RedisUnavailable:  # the plain title stays
                log.warning("title_dropped", conversation_id=claim.conversation_id)

        dispatch.use(queue.generate)
        executor = await _start_executor(settings, stack, events, after)
        _keep(stack, asyncio.create_task(reaper.run(settings), name="reaper"))
        yield executor


async def _start_shared_services(settings: Settings, stack: AsyncExitStack) -> Hub:
    """What every process has: database, models and events."""
    settings_module.use(settings)
    database.configure(settings.effective_database_url, settings.database_pool_size)
    stack.push_async_callback(database.close)
    await _open_models(settings, stack)
    return await _open_events(settings, stack)


async def _open_models(settings: Settings, stack: AsyncExitStack) -> None:
    """Set up the endpoints; without any, the demo model: a server of this process, or of all where there are many."""
    endpoints = await find_endpoints(settings)
    demo_url = None
    if not endpoints and settings.redis_url:
        demo_url = f"http://127.0.0.1:{settings.demo_port}/v1"
    elif not endpoints:
        demo = DemoModel(port=settings.demo_port, shows_log=settings.demo_log)
        await demo.start()
        stack.push_async_callback(demo.close)
        demo_url = demo.base_url
    providers = Registry(settings, endpoints, demo_url)
    stack.push_async_callback(providers.aclose)
    registry.use(providers)
    stack.push_async_callback(catalog.stop)
    catalog.start()


async def _open_events(settings: Settings, stack: AsyncExitStack) -> Hub:
    events = Hub(_make_log(settings, stack))
    stack.push_async_callback(events.log.aclose)
    await events.start()
    stack.push_async_callback(events.aclose)
    hub.use(events)
    return events


def _make_log(settings: Settings, stack: AsyncExitStack) -> EventLog:
    if not settings.redis_url:
        return MemoryLog(Journal.at(settings.data_dir / "journal"))
    client = RedisClient(settings.redis_url)
    stack.push_async_callback(client.aclose)
    limits.use(settings.redis_url)
    return RedisLog(client)


async def _start_executor(settings: Settings, stack: AsyncExitStack, events: Hub, after: After) -> GenerationExecutor:
    _keep(stack, asyncio.create_task(catalog.load_known_models(), name="known models"))
    heartbeat = Heartbeat(events, settings)
    await heartbeat.start()
    stack.push_async_callback(heartbeat.aclose)
    return GenerationExecutor(Runner(settings, events.log, heartbeat), after)


def freeze_gc() -> None:
    """Keep Python's garbage collector from walking over all that a server has loaded, again and again.

    A full pass over a web process held up everybody for 120 to 180 ms. For processes that stay: what is there now is
    never collected.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 20)


def _keep(stack: AsyncExitStack, task: asyncio.Task[None]) -> None:
    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


async def summary(settings: Settings) -> str:
    """What a person who starts the app is told about the models, and how to sign up where that needs a code."""
    names = ", ".join(registry.current().providers)
    words = "the built-in demo model (set OPENAI_BASE_URL and OPENAI_API_KEY for a real one)"
    lines = [f"  models     {words if registry.current().only_demo else names}"]
    offer = await signup.offer(settings)
    if offer.needs_code:
        lines.append(f"  sign-up    the first account needs this code: {signup.setup_code(settings)}")
    return "\n".join((*lines, ""))
