"""The attackers, in a process of their own: `python -m tests.attacks.attackers NAME`, told the target on its input.

They say `under way` once the attack stands, `whole` once as much of it has been tried as is measured, go on until
their input ends, and say then how much it was. Whoever
is measured beside them shares the machine with them, which a real attacker would not: they give way (nice 10).
"""

import asyncio
import json
import os
import sys
import uuid
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from chatapp.web.reflex_names import HYDRATE
from tests.attacks.strangers import HANDSHAKE, begun, event, masked, piece, ping
from tests.e2e.socket_client import DISMISS, PAGE_FAILED, at

POST = (
    "POST /auth/login HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nusername=half"
)
PATIENCE_SECONDS = 20.0
AGAIN_SECONDS = 1.0
"""After how long one that was closed or refused tries again."""

RECONNECT_SECONDS = 0.1

SEVERAL = 64
"""How many frames are sent in one go by those who send without pause."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to attack, from which loopback address and as whom; `share` is how much of each attack."""

    port: int
    source: str
    cookie: str
    conversation: str
    share: float

    def times(self, full: int) -> int:
        """How many of `full`."""
        return max(1, round(full * self.share))


@dataclass(slots=True)
class Attack:
    """The target, and what has been done to it so far."""

    target: Target
    done: Counter[str] = field(default_factory=Counter)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, what: str, enough: int = 0, whole: int = 0) -> None:
        """Note that something was done once more. With `enough` of it the attack stands, and usually it is whole."""
        self.done[what] += 1
        if enough and self.done[what] == enough:
            print("under way", flush=True)
        if enough and self.done[what] == (whole or enough):
            print("whole", flush=True)

    @asynccontextmanager
    async def connection(self, source: str = "") -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
        """A connection. Raises OSError."""
        local = (source or self.target.source, 0)
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target.port, local_addr=local)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def websocket(self, cookie: str = "", source: str = "") -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
        """A websocket that has said nothing. Raises OSError, also when it is refused."""
        async with self.connection(source) as (reader, writer):
            asked = HANDSHAKE.format(port=self.target.port, token=uuid.uuid4(), cookie=cookie)
            writer.write(asked.encode())
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in answer:
                self.count("refused")
                raise ConnectionRefusedError
            yield reader, writer


Step = Callable[[int], Awaitable[None]]


async def again_and_again(attack: Attack, number: int, step: Step, pause_seconds: float = AGAIN_SECONDS) -> None:
    """Do the same so many times beside each other, each of them anew whenever it has come to an end."""

    async def one(which: int) -> None:
        while not attack.is_over.is_set():
            with suppress(OSError, EOFError, TimeoutError):
                await step(which)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_seconds):
                    await attack.is_over.wait()

    await asyncio.gather(*map(one, range(number)))


async def read_all(reader: StreamReader) -> None:
    """Read until the other side ends it."""
    while await reader.read(65_536):
        pass


async def pour(reader: StreamReader, writer: StreamWriter, blob: bytes) -> None:
    """Send the same without pause, and read what comes, until the other side ends it."""
    reading = asyncio.create_task(read_all(reader))
    try:
        while not reading.done():
            writer.write(blob)
            await writer.drain()
    finally:
        reading.cancel()


async def dense_frames(attack: Attack) -> None:
    """10 sockets of one person: events, heartbeats and pings."""
    kinds = (event(DISMISS, at("/")), masked("3"), ping())

    async def step(which: int) -> None:
        async with attack.websocket(attack.target.cookie) as (reader, writer):
            writer.write(masked("40/_event,"))
            attack.count("sockets", 10)
            await pour(reader, writer, kinds[which % 3] * SEVERAL)

    await again_and_again(attack, 10, step)


async def silent_connections(attack: Attack) -> None:
    """500 that say nothing, half a head, or half a body, and come back when they are closed."""
    number = attack.target.times(500)
    said = (b"", b"GET / HTTP/1.1\r\nHost: local", POST.format(port=attack.target.port).encode())

    async def step(which: int) -> None:
        async with attack.connection() as (reader, writer):
            writer.write(said[which % 3])
            attack.count("connections", number)
            await read_all(reader)

    await again_and_again(attack, number, step)


async def parked_data(attack: Attack) -> None:
    """1,500 pages of strangers at one address, each with as much parked in its own address as a frame may hold."""
    number = attack.target.times(1_500)
    opening = json.dumps({"event": {"name": HYDRATE, "payload": {}, "router_data": at("/login", more="x" * 16_000)}})

    async def step(_which: int) -> None:
        attack.count("tries", number)
        async with attack.websocket() as (reader, writer):
            writer.write(masked(f"40/_event,{opening}"))
            await read_all(reader)

    await again_and_again(attack, number, step)


async def fragments(attack: Attack) -> None:
    """10 sockets of strangers: pieces of a message without end, some large, some of a byte."""

    async def step(which: int) -> None:
        async with attack.websocket() as (reader, writer):
            size = (1, 60_000)[which % 2]
            writer.write(begun())
            attack.count("sockets", 10)
            await pour(reader, writer, piece(b"x" * size) * (1 + SEVERAL // size))

    await again_and_again(attack, 10, step)


async def never_read(attack: Attack) -> None:
    """3 clients of one person who ask for a long conversation without pause and read nothing."""
    demand = event(HYDRATE, at(f"/c/{attack.target.conversation}"))

    async def step(_which: int) -> None:
        async with attack.websocket(attack.target.cookie) as (_reader, writer):
            writer.write(masked("40/_event,"))
            attack.count("sockets", 3)
            while True:
                writer.write(demand)
                await writer.drain()

    await again_and_again(attack, 3, step)


async def reconnects(attack: Attack) -> None:
    """5,000 websockets of strangers at many addresses, gone as soon as they are there, or when that takes too long."""
    number = attack.target.times(5_000)

    async def step(_which: int) -> None:
        attack.count("reconnects", min(100, number), number)
        source = f"127.0.1.{attack.done['reconnects'] % 250 + 1}"
        async with asyncio.timeout(RECONNECT_SECONDS), attack.websocket(source=source):
            attack.count("let in")

    await again_and_again(attack, 40, step, pause_seconds=0.0)


async def many_websockets(attack: Attack) -> None:
    """1,000 websockets of one address that stay; those that are refused try again."""
    number = attack.target.times(1_000)

    async def step(_which: int) -> None:
        attack.count("tries", number)
        async with attack.websocket(attack.target.cookie) as (reader, _writer):
            await read_all(reader)

    await again_and_again(attack, number, step)


async def exception_frames(attack: Attack) -> None:
    """A person's page that says at length, again and again, that it broke: what is slow to search."""
    info = 'TypeError: can\'t access property "", ' * 38_000
    body = {"info": info, "component_stack": "TypeError: null is not an object"}

    async def step(_which: int) -> None:
        async with attack.websocket(attack.target.cookie) as (reader, writer):
            writer.write(masked("40/_event,"))
            attack.count("sockets", 1)
            await pour(reader, writer, event(PAGE_FAILED, at("/"), body))

    await again_and_again(attack, 1, step)


ATTACKS: Mapping[str, Callable[[Attack], Awaitable[None]]] = {
    "10 sockets of dense frames": dense_frames,
    "500 silent connections": silent_connections,
    "1,500 strangers with parked data": parked_data,
    "10 sockets of fragments": fragments,
    "3 clients that never read": never_read,
    "5,000 reconnects": reconnects,
    "1,000 websockets": many_websockets,
    "exception frames of 1.4 MB": exception_frames,
}


async def main(name: str) -> None:
    """Attack until the input ends."""
    loop = asyncio.get_running_loop()
    attack = Attack(Target(**json.loads(await loop.run_in_executor(None, sys.stdin.readline))))
    attacking = asyncio.ensure_future(ATTACKS[name](attack))
    await loop.run_in_executor(None, sys.stdin.read)
    attack.is_over.set()
    attacking.cancel()
    with suppress(asyncio.CancelledError):
        await attacking
    print(json.dumps(attack.done), flush=True)


if __name__ == "__main__":
    os.nice(10)
    asyncio.run(main(sys.argv[1]))
