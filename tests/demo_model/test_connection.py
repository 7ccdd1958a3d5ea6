"""What the demo model makes of a client that goes away."""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest
import uvloop

from chatapp.demo_model.connection import Connection
from tests.waiting import until

HANG_UP_AT_ONCE = struct.pack("ii", 1, 0)
"""l_onoff=1, l_linger=0: close() sends RST instead of FIN."""


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_client_that_hung_up_is_known_to_be_gone(run: Callable[[Coroutine[None, None, None]], None]) -> None:
    run(_write_to_one_that_hung_up())


async def _write_to_one_that_hung_up() -> None:
    accepted: asyncio.Future[tuple[Connection, asyncio.StreamWriter]] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.set_result((Connection(reader, writer), writer)), "127.0.0.1", 0
    )
    async with server:
        client = socket.create_connection(server.sockets[0].getsockname())
        connection, writer = await accepted

        async def has_closed() -> bool:
            return writer.is_closing()

        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_AT_ONCE)
        client.close()
        with suppress(ConnectionError):
            await connection.read_request()
        await until(has_closed, what="the end of the loop's own side")
        with pytest.raises(ConnectionError):
            await connection.write_chunk(b"words")
        assert connection.client_gone
