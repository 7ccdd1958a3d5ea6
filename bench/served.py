"""A deployment under measurement: chatapp in one process or as the stack, and what each kind of process uses.

The scripted model is a process of its own in both, so that its work is not taken for chatapp's.
"""

import asyncio
import json
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.tab import sign_up, tab
from tests.e2e.serving import ROOT, Server, free_port
from tests.services.real_server import RealServer
from tests.services.stack import Stack

PROGRAMS = {
    "web": ("web-1", "web-2"),
    "worker": ("worker-1", "worker-2"),
    "redis": ("redis",),
    "postgres": ("postgres",),
    "proxy": ("proxy",),
    "model": ("demo-model",),
}
CHATAPP = frozenset({"server", "web", "worker"})
SIGN_UPS_AT_ONCE = 4
WARM_UPS_AT_ONCE = 40
"""Enough for each of two web processes and two workers to make all the connections to the database that it may."""

WARM_UP = "count 500 at 100"


@dataclass
class Served:
    """A deployment that is up, with the top process of everything that belongs to it, by kind."""

    server: Server | Stack
    tops: Mapping[str, list[psutil.Process]]
    cookies: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where people find it."""
        return self.server.url

    async def people(self, number: int) -> list[str]:
        """The cookies of so many people; they sign up once, however often they are asked for."""
        gate = asyncio.Semaphore(SIGN_UPS_AT_ONCE)

        async def one() -> str:
            async with gate:
                return await sign_up(self.url)

        self.cookies += await asyncio.gather(*(one() for _ in range(number - len(self.cookies))))
        return self.cookies[:number]

    async def warm_up(self) -> None:
        """Have a few answers written at once, so that no run pays for what each process does once."""
        async with AsyncExitStack() as stack:
            cookies = await self.people(WARM_UPS_AT_ONCE)
            pages = [await stack.enter_async_context(tab(self.url, cookie)) for cookie in cookies]
            for page in pages:
                await page.ask(WARM_UP)
            await asyncio.gather(*(page.watch() for page in pages))

    def asked(self, question: str) -> dict[str, float]:
        """What the model noted about its answer to exactly this question: times in seconds since the epoch."""
        (entry,) = [entry for entry in self.server.demo_log(question) if entry["question"] == question]
        return {key: float(str(entry[key])) for key in ("received_at", "first_part_at", "last_part_at")}

    def cpu_seconds(self) -> dict[str, float]:
        """User and system time so far, by kind of process."""
        return {kind: sum(_cpu_seconds(top) for top in tops) for kind, tops in self.tops.items()}

    def memory(self) -> dict[str, float]:
        """What each kind of process holds, as figures; pages that processes share count for each of them."""
        held = {kind: sum(_memory_bytes(top) for top in tops) for kind, tops in self.tops.items()}
        return {f"{kind}_memory_mb": round(held_bytes / 1e6, 1) for kind, held_bytes in held.items()}


def cpu_figures(before: Mapping[str, float], after: Mapping[str, float], tokens: int) -> dict[str, float]:
    """What was used between two looks at `cpu_seconds`, by kind, together, and for 1,000 of the `tokens` answered."""
    used = {kind: after[kind] - before[kind] for kind in after}
    chatapp, everything = sum(used[kind] for kind in used if kind in CHATAPP), sum(used.values())
    return {
        "chatapp_cpu_s": round(chatapp, 2),
        "all_cpu_s": round(everything, 2),
        "chatapp_cpu_ms_per_1000_tokens": round(1e6 * chatapp / tokens),
        "all_cpu_ms_per_1000_tokens": round(1e6 * everything / tokens),
        **{f"{kind}_cpu_s": round(seconds, 2) for kind, seconds in used.items()},
    }


@contextmanager
def one_process(port: int) -> Iterator[Served]:
    """`make run` with the scripted model beside it; data in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        model_port = free_port()
        command = [sys.executable, "-m", "chatapp.demo_model", "--port", str(model_port)]
        model = RealServer(command, Path(folder) / "model.log", lambda: _is_listening(model_port), folder=ROOT)
        model.start()
        running.callback(model.stop)
        endpoint = {"name": "demo", "base_url": f"http://127.0.0.1:{model_port}/v1"}
        server = Server(Path(folder) / "data", port, CHATAPP_ENDPOINTS=json.dumps([endpoint]))
        server.demo_port = model_port  # whose log is read
        server.start()
        running.callback(server.terminate)
        yield Served(server, {"server": [psutil.Process(server.pid)], "model": [psutil.Process(model.pid)]})


@contextmanager
def the_stack(port: int) -> Iterator[Served]:
    """`make stack`, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "data", port)
        stack.start()
        try:
            tops = {kind: [psutil.Process(stack.pid(name)) for name in names] for kind, names in PROGRAMS.items()}
            yield Served(stack, tops)
        finally:
            stack.terminate()


def _cpu_seconds(top: psutil.Process) -> float:
    """Of a process, its children, and those of them that have ended."""
    spent = [process.cpu_times() for process in (top, *top.children(recursive=True))]
    ended = spent[0].children_user + spent[0].children_system
    return float(ended + sum(times.user + times.system for times in spent))


def _memory_bytes(top: psutil.Process) -> int:
    return sum(process.memory_info().rss for process in (top, *top.children(recursive=True)))


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
