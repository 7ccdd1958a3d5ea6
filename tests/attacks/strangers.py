"""Somebody with many sockets and no scruples, at loopback addresses that nobody else has."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

HANDSHAKE = (
    "GET /_event/?EIO=4&transport=websocket&token={token} HTTP/1.1\r\nHost: localhost:{port}\r\n"
    "Origin: http://localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nCookie: {cookie}\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
SECONDS = 5.0
FURTHER, TEXT, PING, WHOLE = 0x0, 0x1, 0x9, 0x80


def connect(port: int, source: str) -> socket.socket:
    """A connection from a loopback address. Raises OSError when there is none within 5 s."""
    return socket.create_connection(("127.0.0.1", port), timeout=SECONDS, source_address=(source, 0))


@contextmanager
def connections(port: int, number: int, said: bytes = b"", source: str = "127.0.0.2") -> Iterator[list[socket.socket]]:
    """So many connections at once, each of which has said the same."""
    with ExitStack() as stack:
        made = [stack.enter_context(connect(port, source)) for _ in range(number)]
        for connection in made:
            with suppress(ConnectionError):  # of one that is refused at once
                connection.sendall(said)
        yield made


def shake_hands(connection: socket.socket, port: int, token: str, cookie: str = "") -> bytes:
    """Ask for a websocket; returns how the answer begins, or nothing if the server closes first."""
    try:
        connection.sendall(HANDSHAKE.format(port=port, token=token, cookie=cookie).encode())
        return connection.recv(64)
    except ConnectionError:
        return b""


def is_open(connection: socket.socket) -> bool:
    """Whether the server has closed or refused it."""
    connection.setblocking(False)  # noqa: FBT003 - the signature is the socket's
    try:
        said = connection.recv(65_536)
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return bool(said) and b" 503 " not in said


def masked(text: str) -> bytes:
    """A message as a browser sends it, whose mask changes nothing."""
    return frame(TEXT | WHOLE, text.encode())


def frame(first_byte: int, data: bytes) -> bytes:
    """A frame of the websocket protocol: the opcode, and whether the message ends with it; then the data."""
    if len(data) < 126:
        size = bytes([0x80 | len(data)])
    elif len(data) < 65_536:
        size = b"\xfe" + len(data).to_bytes(2)
    else:
        size = b"\xff" + len(data).to_bytes(8)
    return bytes([first_byte]) + size + bytes(4) + data


def begun() -> bytes:
    """The first piece of a message, which says that others follow."""
    return frame(TEXT, b"42/_e")


def piece(data: bytes) -> bytes:
    """A further piece of a message, which says that others follow."""
    return frame(FURTHER, data)


def ping() -> bytes:
    """A ping of the protocol, empty."""
    return frame(PING | WHOLE, b"")


def event(name: str, place: object, payload: object = None) -> bytes:
    """An event as a frame."""
    body = {"name": name, "payload": payload or {}, "router_data": place}
    return masked("42/_event," + json.dumps(["event", body]))
