"""Real servers for the measurement of unit costs, and what some work costs them and this process in CPU time."""

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from chatapp.settings import Settings
from tests.services.postgres_server import PostgresServer
from tests.services.real_server import free_port
from tests.services.redis_server import RedisServer


@dataclass(frozen=True, slots=True)
class Servers:
    """Who is asked in a measurement, by process id, and the settings that name them."""

    settings: Settings
    pids: Mapping[str, int]
    also: dict[str, int] = field(default_factory=dict)

    async def cost(self, work: Awaitable[object], units: float) -> dict[str, float]:
        """Microseconds of CPU for each of `units` that `work` does, by process; "own" is this one."""
        before, own_before = self._cpu_seconds(), time.process_time()
        await work
        own, after = time.process_time() - own_before, self._cpu_seconds()
        used = {"own": own, **{name: used_seconds(before[name], after[name]) for name in after}}
        return {name: 1e6 * seconds / units for name, seconds in used.items()}

    def _cpu_seconds(self) -> dict[str, dict[int, float]]:
        return {name: cpu_seconds(pid) for name, pid in {**self.pids, **self.also}.items()}


def cpu_seconds(pid: int) -> dict[int, float]:
    """What a process and its children have used so far, by process id and exactly: /proc tells hundredths of a second,
    and some units cost Redis a few of them in all. Those that end meanwhile are left out."""
    top, used = psutil.Process(pid), {}
    for process in (top, *top.children(recursive=True)):
        with suppress(OSError):
            used[process.pid] = time.clock_gettime(_clock_of(process.pid))
    return used


def used_seconds(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """What was used between two looks, by those that were still there at the second."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _clock_of(pid: int) -> int:
    """The CPU clock of another process, which POSIX has and Python does not name. Raises OSError without one."""
    clock = ctypes.c_int()
    if error := ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise OSError(error, os.strerror(error))
    return clock.value


async def elapse(seconds: float) -> None:
    """Let time pass, where it is the pace or the length of a measurement and no condition is waited for."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Servers]:
    """A Redis, a PostgreSQL and a demo model that nobody else uses."""
    redis, postgres = RedisServer(folder / "redis"), PostgresServer()
    redis.start()
    postgres.start()
    settings = settings_for(folder, redis.url, postgres.new_database())
    command = (sys.executable, "-m", "chatapp.demo_model", "--port", str(settings.demo_port))
    demo = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert demo.stdout is not None
    await demo.stdout.readline()
    try:
        yield Servers(settings, {"redis": redis.pid, "postgres": postgres.pid})
    finally:
        demo.terminate()
        await demo.wait()
        redis.kill()
        postgres.stop()


def settings_for(folder: Path, redis_url: str = "", database_url: str = "") -> Settings:
    """Settings of a process on a free port, with no limits in the way; with a SQLite file where there is no URL."""
    port = free_port()
    return Settings(
        _env_file=None,
        port=port,
        public_url=f"http://localhost:{port}",
        data_dir=folder,
        redis_url=redis_url,
        database_url=database_url,
        demo_port=free_port(),
        secret="of a benchmark: j4Rz8mQv1tXk7WpL0cYb",
        signup="open",
        login_limit="1000/minute",
        message_limit="1000/minute",
        lease_seconds=600,
        discover=False,
    )
