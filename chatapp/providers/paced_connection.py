"""Connections to model servers that are read at a pace (reading_pace).

Only the socket knows when a read begins. Above it, several parts come out of one read, and whoever asks for the next
would wait for bytes, which come one part at a time, and be woken for each.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anyio
import httpcore2
from anyio.abc import ByteStream

from chatapp.providers.reading_pace import ReadingPace


class PacedBackend(httpcore2.AnyIOBackend):
    """Makes paced connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection, as httpcore makes it.

        The pace belongs below TLS, which hands out one record, mostly one part, at a time, however many have come.
        httpcore has no public place there.
        """
        stream: Any = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        stream._stream = PacedSocket(stream._stream)
        return PacedStream(stream)


class PacedSocket(ByteStream):
    """A socket on which each response, which begins after the last bytes sent, is read at its own pace."""

    def __init__(self, socket: ByteStream) -> None:
        self._socket = socket
        self._pace = ReadingPace()
        self._has_more = False

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """What has come by the time that the pace allows to look, or comes then. After a full read there is more."""
        if not self._has_more:
            await self._pace.pause()
        received = await self._socket.receive(max_bytes)
        self._pace.has_read()
        self._has_more = len(received) == max_bytes
        return received

    async def send(self, item: bytes) -> None:
        """Send at once."""
        self._pace = ReadingPace()
        await self._socket.send(item)

    async def send_eof(self) -> None:
        """Say that nothing more is sent."""
        await self._socket.send_eof()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._socket.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What anyio knows of the connection."""
        return self._socket.extra_attributes


class PacedStream(httpcore2.AsyncNetworkStream):
    """What httpcore reads from and writes to, above TLS if there is any. Raises httpcore's errors."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream  # httpcore's own
        self._bytes: ByteStream = stream._stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """The next bytes of the response, b"" at its end. Whoever asks for an answer has deadlines of their own, and
        httpcore's costs half as much as the read, so that there is none.
        """
        try:
            return await self._bytes.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise httpcore2.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send the next bytes of a request; without a deadline, as in `read`."""
        if not buffer:
            return
        try:
            await self._bytes.send(buffer)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise httpcore2.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection, encrypted."""
        return PacedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of the connection."""
        return self._stream.get_extra_info(info)
