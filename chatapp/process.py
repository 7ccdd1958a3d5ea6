"""Everything one web process runs besides serving pages, started in order and stopped in the reverse.

The only place that knows which home generations have and which event log carries them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from chatapp import database
from chatapp import settings as settings_module
from chatapp.accounts import signup
from chatapp.demo_model.server import DemoModel
from chatapp.generations import dispatch, reaper
from chatapp.generations.heartbeat import Heartbeat
from chatapp.generations.local_home import LocalHome
from chatapp.generations.runner import Runner
from chatapp.providers import registry
from chatapp.providers.registry import Registry, find_endpoints
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.hub import Hub
from chatapp.streaming.memory_log import MemoryLog


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """Run the services of one process for as long as the block does; what runs at its end is drained first."""
    async with AsyncExitStack() as stack:
        settings_module.use(settings)
        stack.push_async_callback(database.configure(settings.effective_database_url).dispose)
        await _open_models(settings, stack)
        events = await _open_events(stack)
        heartbeat = Heartbeat(events, settings)
        await heartbeat.start()
        stack.push_async_callback(heartbeat.aclose)
        home = LocalHome(Runner(settings, events.log, heartbeat), settings)
        dispatch.use(home.start)
        stack.push_async_callback(home.drain, settings.drain_seconds)
        await reaper.take_over()
        _keep(stack, asyncio.create_task(reaper.run(settings), name="reaper"))
        yield


async def _open_models(settings: Settings, stack: AsyncExitStack) -> None:
    """Set up the endpoints; the demo model starts only when there is nothing else to talk to."""
    endpoints = await find_endpoints(settings)
    demo_url = None
    if not endpoints:
        demo = DemoModel(port=settings.demo_port)
        await demo.start()
        stack.push_async_callback(demo.close)
        demo_url = demo.base_url
    made = Registry(settings, endpoints, demo_url)
    stack.push_async_callback(made.aclose)
    registry.use(made)


async def _open_events(stack: AsyncExitStack) -> Hub:
    log = MemoryLog()
    stack.push_async_callback(log.aclose)
    events = Hub(log)
    await events.start()
    stack.push_async_callback(events.aclose)
    hub.use(events)
    return events


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
