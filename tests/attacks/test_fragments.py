"""Messages that are begun and never ended, in one frame or in many: nothing of them is kept for long."""

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from chatapp.connections.unfinished import SECONDS, SENDER_BYTES_MAX
from tests.attacks.scale import SHARE, times
from tests.attacks.scene import ANSWERED_SECONDS, GROWTH_MB, PASSWORD, answered_seconds, megabytes
from tests.attacks.strangers import begun, connect, is_open, piece, shake_hands
from tests.e2e.serving import Server
from tests.e2e.socket_client import PageSocket, sign_up
from tests.waiting import until_sync

PIECE_BYTES = 65_536


@contextmanager
def websockets(server: Server, number: int, cookie: str) -> Iterator[list[socket.socket]]:
    """So many websockets of one person, or of a stranger."""
    with ExitStack() as stack:
        made = []
        for _ in range(number):
            made.append(stack.enter_context(connect(server.port, "127.0.0.6")))
            assert b" 101 " in shake_hands(made[-1], server.port, str(uuid.uuid4()), cookie)
        yield made


def insist(connection: socket.socket, sent: bytes, number: int) -> None:
    """Send it so often, or until the server has enough."""
    try:
        for _ in range(number):
            connection.sendall(sent)
    except (ConnectionError, TimeoutError):
        return


@pytest.mark.parametrize("is_known", [False, True], ids=["a stranger", "a person"])
def test_fragments_of_ten_messages_of_64_megabytes_fill_no_memory(
    attacked: Server, person: PageSocket, *, is_known: bool
) -> None:
    cookie, before = sign_up(attacked.url, PASSWORD) if is_known else "", megabytes(attacked)
    with websockets(attacked, 10, cookie) as sockets:
        for connection in sockets:
            connection.sendall(begun())
            insist(connection, piece(b"x" * PIECE_BYTES), times(64_000_000 // PIECE_BYTES))
            assert answered_seconds(person) < ANSWERED_SECONDS
        assert megabytes(attacked) - before < GROWTH_MB
        until_sync(lambda: not any(map(is_open, sockets)), what="their end")


def test_unfinished_messages_of_one_person_fill_no_memory_and_are_closed(attacked: Server, person: PageSocket) -> None:
    before = megabytes(attacked)
    with websockets(attacked, times(200, 10), sign_up(attacked.url, PASSWORD)) as sockets:
        for number, connection in enumerate(sockets):
            parts = [begun(), piece(b"x" * 1_400_000)] if number % 2 else [piece(b"x" * 1_400_000)[:-1]]
            insist(connection, b"".join(parts), 1)
        assert answered_seconds(person) < ANSWERED_SECONDS
        assert megabytes(attacked) - before < GROWTH_MB
        until_sync(lambda: sum(map(is_open, sockets)) <= SENDER_BYTES_MAX // 1_400_000, what="the end of most")
        if SHARE == 1:  # the time is tested, with less patience, in tests/connections
            until_sync(lambda: not any(map(is_open, sockets)), seconds=SECONDS + 10, what="their end")
