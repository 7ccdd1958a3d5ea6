"""Measures many people at once: `python -m bench.people --people 50 --tokens 600 --rate 50`.

Everybody asks at the same moment, each in a page of their own, spoken at the level of the protocol (bench/tab.py): real
browsers would need more than the machine under test. Prints as JSON how long text took from the model's part to the
page's frame, how soon the model was asked, and what each kind of process used. Model and clients share the machine.
"""

import argparse
import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil

from bench.tab import Tab, sign_up, tab
from tests.e2e.serving import Server
from tests.services.stack import Stack

SIGN_UPS_AT_ONCE = 4
PROGRAMS = ("web-1", "web-2", "worker-1", "worker-2", "redis", "postgres", "proxy", "demo-model")
OTHERS = frozenset({"redis", "postgres", "proxy", "demo-model"})
"""What is not chatapp's own; in one process the model cannot be told apart."""

Served = Server | Stack


def main() -> None:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=600)
    parser.add_argument("--rate", type=int, default=50, help="tokens a second and person")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--stack", action="store_true", help="the team deployment instead of one process")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server: Served = (Stack if given.stack else Server)(Path(folder) / "data", given.port)
        server.start()
        try:
            print(json.dumps(asyncio.run(measure(server, given.people, given.tokens, given.rate))))
        finally:
            server.terminate()


async def measure(server: Served, people: int, tokens: int, rate: int) -> dict[str, Any]:
    """All of them, once."""
    async with AsyncExitStack() as stack:
        cookies = await _sign_up_all(server.url, people)
        tabs = [await stack.enter_async_context(tab(server.url, cookie)) for cookie in cookies]
        before = cpu_seconds(server)
        await asyncio.gather(*(opened.ask(f"count {tokens} at {rate} for {n}") for n, opened in enumerate(tabs)))
        ended = await asyncio.gather(*(opened.watch() for opened in tabs))
        after = cpu_seconds(server)
    asked = {str(entry["question"]): entry for entry in server.demo_log()}
    answers = [asked[f"count {tokens} at {rate} for {n}"] for n in range(people)]
    delays = sorted(d for opened, entry in zip(tabs, answers, strict=True) for d in delays_ms(opened, entry, rate))
    waits = sorted((float(str(e["received_at"])) - t.sent_at) * 1000 for t, e in zip(tabs, answers, strict=True))
    used = {name: round(after[name] - before.get(name, 0), 2) for name in after}
    chatapp = sum(seconds for name, seconds in used.items() if name not in OTHERS)
    return {
        "people": people,
        "tokens": tokens,
        "rate": rate,
        "not_completed": people - ended.count("completed"),
        "delay_ms": spread(delays),
        "model_asked_after_ms": spread(waits),
        "kb_a_person": round(sum(t.received_bytes for t in tabs) / people / 1000, 1),
        "frames_a_person": round(sum(t.frames for t in tabs) / people),
        "cpu_seconds": used,
        "cpu_ms_per_1000_tokens": round(1e6 * chatapp / (people * tokens)),
        "memory_mb": memory_mb(server),
    }


def delays_ms(opened: Tab, entry: dict[str, object], rate: int) -> Iterable[float]:
    """For each number, how long after the model sent it its frame came. The model's pace is exact."""
    first_part_at, shown = float(str(entry["first_part_at"])), 0
    for arrived_at, newest in opened.arrivals:
        for number in range(shown + 1, newest + 1):
            yield (arrived_at - first_part_at - (number - 1) / rate) * 1000
        shown = max(shown, newest)


def spread(values: list[float]) -> dict[str, int]:
    """Median, 95th percentile and worst of sorted values."""
    return {
        "p50": round(values[len(values) // 2]),
        "p95": round(values[int(len(values) * 0.95)]),
        "worst": round(values[-1]),
    }


def cpu_seconds(server: Served) -> dict[str, float]:
    """User and system time so far, by kind of process; in one process the scripted model is inside the server's."""
    used: dict[str, float] = defaultdict(float)
    for kind, process in processes(server):
        times = process.cpu_times()
        used[kind] += times.user + times.system
    return used


def memory_mb(server: Served) -> dict[str, int]:
    """What each kind of process holds in memory; pages that processes share count for each of them."""
    held: dict[str, int] = defaultdict(int)
    for kind, process in processes(server):
        held[kind] += process.memory_info().rss // 1_000_000
    return held


def processes(server: Served) -> Iterator[tuple[str, psutil.Process]]:
    """Every process of the deployment, and what kind it is."""
    if isinstance(server, Server):
        yield "server", psutil.Process(server.pid)
        return
    for name in PROGRAMS:
        top = psutil.Process(server.pid(name))
        for process in (top, *top.children(recursive=True)):
            yield name.rstrip("-12"), process


async def _sign_up_all(url: str, people: int) -> list[str]:
    gate = asyncio.Semaphore(SIGN_UPS_AT_ONCE)

    async def one() -> str:
        async with gate:
            return await sign_up(url)

    return list(await asyncio.gather(*(one() for _ in range(people))))


if __name__ == "__main__":
    main()
