"""Websockets: read no faster than a page writes, closed when their page does not read, whole messages only."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode

from chatapp.connections import http, unfinished, websocket
from chatapp.connections.places import Places
from chatapp.connections.unread import Unread
from tests.connections.small_server import SmallServer, read_all, read_until, send_slowly, serving
from tests.waiting import until_sync

MEGABYTE = "1000000"
"""Makes the small server send so many bytes."""


@pytest.fixture
def server() -> Iterator[SmallServer]:
    """One with four places for each address."""
    with serving(SmallServer(Places(10, 4))) as made:
        yield made


def frames(opcode: Opcode, number: int, data: bytes = b"", *, fin: bool = True) -> bytes:
    """So many frames as a browser would mask them."""
    return Frame(opcode, data, fin).serialize(mask=True) * number


def test_what_is_said_is_heard(server: SmallServer) -> None:
    with server.websocket() as page:
        page.send(["in ", "three ", "pieces"])
        assert page.recv(timeout=10) == "in three pieces"
        page.send("ä" * 95_000)
        assert page.recv(timeout=10) == "ä" * 95_000


def test_a_page_that_does_not_read_is_closed_when_eight_megabytes_wait(server: SmallServer) -> None:
    with server.client() as connected:
        connected.sendall(HANDSHAKE)
        assert b" 101 " in connected.recv(1000)
        connected.sendall(frames(Opcode.TEXT, 100, MEGABYTE.encode()))
        until_sync(lambda: server.places.taken == 0, what="its end")
    # Besides eight megabytes, the buffers of the system have taken some.
    assert len(server.heard) < 40


def test_when_too_much_waits_for_all_pages_together_whoever_is_behind_the_most_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket, "UNREAD_BYTES_MAX", 1_000_000_000)
    with (
        serving(SmallServer(Places(10, 4), unread=Unread(2_000_000))) as server,
        server.client() as somewhat,
        server.client() as mostly,
        server.websocket() as reader,
    ):
        for connected, megabytes in ((somewhat, 1), (mostly, 20)):
            connected.sendall(HANDSHAKE)
            assert b" 101 " in connected.recv(1000)
            connected.sendall(frames(Opcode.TEXT, megabytes, MEGABYTE.encode()))
        until_sync(lambda: server.places.taken == 2, what="one end")
        somewhat.sendall(frames(Opcode.TEXT, 1, b"still there"))
        until_sync(lambda: "still there" in server.heard, what="the other to be heard")
        reader.send("reading")
        assert reader.recv(timeout=10) == "reading"


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux gives such a connection up")
def test_a_page_that_reads_nothing_is_given_up_even_when_little_waits(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "UNREAD_SECONDS", 2)
    with server.client() as connected:
        connected.sendall(HANDSHAKE)
        assert b" 101 " in connected.recv(1000)
        connected.sendall(frames(Opcode.TEXT, 7, MEGABYTE.encode()))
        until_sync(lambda: server.places.taken == 0, seconds=30, what="its end")
    assert len(server.heard) == 7


def test_a_page_that_reads_slowly_gets_all(server: SmallServer) -> None:
    with server.websocket() as page:
        for _ in range(30):
            page.send(MEGABYTE)
            assert len(page.recv(timeout=10)) == int(MEGABYTE)


def test_frames_that_mean_nothing_are_read_at_the_pace_of_a_page(server: SmallServer) -> None:
    with server.client() as connected, server.websocket() as other:
        connected.sendall(HANDSHAKE)
        connected.recv(1000)
        connected.setblocking(False)  # noqa: FBT003 - the signature is the socket's
        flood, sent = frames(Opcode.PONG, 100_000), 0
        for _ in range(200):
            other.send("still there")
            assert other.recv(timeout=10) == "still there"
            try:
                sent += connected.send(flood[sent % len(flood) :])
            except BlockingIOError:
                continue
        assert sent < 20_000_000, "it was read without a pause"


def test_messages_that_come_too_fast_are_heard_later_and_none_is_lost(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "FRAMES_AT_ONCE", 100)
    with server.websocket() as page:
        for number in range(200):
            page.send(f"number {number}")
        assert [page.recv(timeout=10) for _ in range(200)] == [f"number {number}" for number in range(200)]


def test_a_message_that_is_too_long_is_refused_however_many_frames_it_has(server: SmallServer) -> None:
    piece = "x" * (websocket.MESSAGE_BYTES_MAX // 10)
    with server.websocket() as page:
        with suppress(ConnectionClosed):
            page.send(piece for _ in range(11))
        until_sync(lambda: page.close_code is not None, what="its end")
        assert page.close_code == CloseCode.MESSAGE_TOO_BIG


def test_of_somebody_who_is_not_known_only_short_messages_are_taken(server: SmallServer) -> None:
    with server.websocket(sender="") as page:
        page.send("x" * websocket.STRANGER_BYTES_MAX)
        page.recv(timeout=10)
        page.send("x" * (websocket.STRANGER_BYTES_MAX + 1))
        until_sync(lambda: page.close_code == CloseCode.MESSAGE_TOO_BIG, what="its end")
    with server.websocket(sender="") as page:
        with suppress(ConnectionClosed):
            page.send("x" * 1_000 for _ in range(17))
        until_sync(lambda: page.close_code == CloseCode.MESSAGE_TOO_BIG, what="its end")


LONG = frames(Opcode.TEXT, 1, b"x" * 1_400_000)
BEGUN = frames(Opcode.TEXT, 1, b"begun", fin=False)


@pytest.fixture
def impatient(server: SmallServer, monkeypatch: pytest.MonkeyPatch) -> SmallServer:
    """The server with half a second for a message."""
    monkeypatch.setattr(unfinished, "SECONDS", 0.5)
    return server


@pytest.mark.parametrize(
    "sent",
    [
        LONG[:1],
        LONG[:12],
        LONG[:1_000_000],
        BEGUN,
        BEGUN + frames(Opcode.CONT, 900, b"more", fin=False),
        BEGUN + frames(Opcode.PING, 50),
        frames(Opcode.TEXT, 1, b"whole") + BEGUN,
        frames(Opcode.CLOSE, 1, b"\x03\xe8")[:-1],
    ],
    ids=["a byte", "a head", "half a frame", "no end", "pieces", "pings", "after another", "half a goodbye"],
)
def test_a_message_that_is_begun_and_not_ended_is_not_waited_for(impatient: SmallServer, sent: bytes) -> None:
    with impatient.client() as connected:
        connected.sendall(HANDSHAKE)
        connected.recv(1000)
        connected.sendall(sent)
        until_sync(lambda: impatient.places.taken == 0, what="its end")


def test_a_message_that_comes_byte_by_byte_is_waited_for_no_longer(impatient: SmallServer) -> None:
    with impatient.client() as connected:
        connected.sendall(HANDSHAKE)
        connected.recv(1000)
        send_slowly(connected, LONG[:200], every_seconds=0.05, goodbye=b"\x88")


def test_a_message_that_comes_slowly_but_comes_is_heard_and_then_nothing_is_waited_for(impatient: SmallServer) -> None:
    with impatient.client() as connected:
        connected.sendall(HANDSHAKE)
        connected.recv(1000)
        message, step = frames(Opcode.TEXT, 1, b"x" * unfinished.BYTES_PER_SECOND * 2), 2_000
        connected.settimeout(0.1)
        for at in range(0, len(message), step):
            connected.sendall(message[at : at + step])
            with suppress(TimeoutError):
                assert connected.recv(1, socket.MSG_PEEK) != b"\x88"
        until_sync(lambda: len(impatient.heard) == 1, what="the message")
        connected.settimeout(1.5)
        read_until(connected, b"x" * unfinished.BYTES_PER_SECOND)
        with pytest.raises(TimeoutError):
            read_until(connected, b"its end")
        connected.settimeout(10)
        connected.sendall(frames(Opcode.TEXT, 1, b"still there"))
        read_until(connected, b"still there")


def test_one_sender_begins_only_so_much_over_all_connections_and_others_go_on(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "SENDER_BYTES_MAX", 2_000_000)
    with server.client() as first, server.client() as second, server.websocket() as other:
        for connected in (first, second):
            connected.sendall(HANDSHAKE)
            connected.recv(1000)
            connected.sendall(LONG[:1_200_000])
        until_sync(lambda: server.places.taken == 2, what="one end")
        other.send("x" * 900_000)
        assert len(other.recv(timeout=10)) == 900_000
    until_sync(lambda: server.places.taken == 0, what="the end of all")
    assert not server.unfinished


@pytest.mark.parametrize(
    "sent",
    [
        frames(Opcode.TEXT, 1, b"\xff\xfe"),
        frames(Opcode.CONT, 1, b"of nothing"),
        frames(Opcode.TEXT, 1, b"begun", fin=False) + frames(Opcode.TEXT, 1, b"again"),
        frames(Opcode.CLOSE, 1, b"\x00"),
        b"\xff" * 100,
        b"\x81\x05plain",
    ],
    ids=["no-utf8", "no-beginning", "two-beginnings", "half-a-code", "no-frame", "no-mask"],
)
def test_what_breaks_the_protocol_ends_the_connection_and_is_no_stack_trace(
    server: SmallServer, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with server.client() as connected:
        connected.sendall(HANDSHAKE)
        connected.recv(1000)
        connected.sendall(sent)
        until_sync(lambda: server.places.taken == 0, what="its end")
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


@pytest.mark.parametrize("header", [b"X-Long: " + b"x" * 20_000, b"\r\n".join(b"X-%d: x" % n for n in range(300))])
def test_a_handshake_with_huge_headers_is_refused_without_a_stack_trace(
    server: SmallServer, header: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with server.client() as connected:
        connected.sendall(HANDSHAKE[:-2] + header + b"\r\n\r\n")
        assert b" 431 " in read_all(connected)
    until_sync(lambda: server.places.taken == 0, what="its end")
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


def test_whoever_is_leaving_while_the_server_ends_keeps_nobody_from_hearing_of_it(server: SmallServer) -> None:
    with ExitStack() as stack:
        leaving = [stack.enter_context(server.client(source="127.0.0.2")) for _ in range(4)]
        for connected in leaving:
            connected.sendall(HANDSHAKE)
            assert b" 101 " in connected.recv(1000)
            connected.sendall(frames(Opcode.TEXT, 7, MEGABYTE.encode()))
        until_sync(lambda: len(server.heard) == 28, what="what they ask for and never read")
        page = stack.enter_context(server.websocket())
        for connected in leaving:
            connected.sendall(frames(Opcode.CLOSE, 1, b"\x03\xe8"))
        page.send("still there")
        page.recv(timeout=10)
        server.end()
        until_sync(lambda: page.close_code == CloseCode.SERVICE_RESTART, what="its end")


def test_a_websocket_holds_a_place_of_its_address_until_it_is_gone(server: SmallServer) -> None:
    pages = [server.websocket(source="127.0.0.2") for _ in range(4)]
    assert b" 503 " in server.get(source="127.0.0.2")
    assert b" 200 " in server.get(source="127.0.0.3")
    for page in pages:
        page.close()
    until_sync(lambda: b" 200 " in server.get(source="127.0.0.2"), what="a place")


HANDSHAKE = (
    b"GET /talk?sender=eve HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
