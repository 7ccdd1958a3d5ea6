"""HTTP to a model server whose responses are read at a pace: httpcore's pool behind httpx' client, with sockets that
wait a little before each read (reading_pace).

Only the socket knows when a read begins. Above it, several parts come out of one read, and whoever asks for the next
would wait for bytes, which come one part at a time, and be woken for each.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2
from anyio.abc import ByteStream

from chatapp.providers.reading_pace import ReadingPace

FAILURES = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)


class PacedTransport(httpx2.AsyncBaseTransport):
    """Direct connections, without proxies. Raises httpx' errors, as its own transport does."""

    def __init__(self, limits: httpx2.Limits, *, is_secure: bool) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context() if is_secure else None,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=PacedBackend(),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; returns when the head of the response is there."""
        url, stream = request.url, request.stream
        assert isinstance(stream, AsyncIterable)
        with _httpx_errors():
            response = await self._pool.handle_async_request(
                httpcore2.Request(
                    request.method,
                    httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


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
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        stream._stream = PacedSocket(stream._stream)  # type: ignore[attr-defined]
        return stream


class PacedSocket(ByteStream):
    """A connection on which each response, which begins after the last bytes sent, is read at its own pace."""

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


class _Body(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, AsyncIterable)
        with _httpx_errors():
            async for chunk in self._response.stream:
                yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Raises what httpcore raises as the error of httpx that has the same name."""
    try:
        yield
    except FAILURES as error:
        raise getattr(httpx2, type(error).__name__)(str(error)) from error
