"""HTTP connections: nobody keeps one for long without saying something, and no address takes all of them."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from chatapp import repeated
from chatapp.connections import http
from chatapp.connections.places import Places
from tests.connections.small_server import SmallServer, read_all, read_until, send_slowly, serving

POST = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
PATIENCE_SECONDS = 0.5
"""In these tests, instead of ten."""

SOON = 5.0
"""With a busy machine in mind; without a limit nothing would ever be closed."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallServer]:
    """One with little patience, ten places, and four for an address."""
    monkeypatch.setattr(http, "HEAD_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(http, "BODY_SECONDS", PATIENCE_SECONDS)
    with serving(SmallServer(Places(10, 4))) as made:
        yield made


def seconds_until_closed(connected: socket.socket, said: bytes = b"") -> float:
    """How long the server keeps a connection, and says no more than this before it closes it."""
    began = time.monotonic()
    assert read_all(connected) == said
    return time.monotonic() - began


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        b"GET /read HTTP/1.1\r\nHost: loc",
        b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100",
    ],
)
def test_a_connection_that_stops_in_the_middle_is_closed(server: SmallServer, sent: bytes) -> None:
    with server.client() as connected:
        connected.sendall(sent)
        assert PATIENCE_SECONDS * 0.8 < seconds_until_closed(connected) < SOON


@pytest.mark.parametrize(
    "sent",
    [
        POST % 100,
        POST % 100 + b"half",
        POST % 9_000_000 + b"x" * 1_000_000,
        b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
    ],
)
def test_a_body_that_stops_in_the_middle_is_answered_so_that_no_proxy_takes_us_for_dead(
    server: SmallServer, sent: bytes
) -> None:
    with server.client() as connected:
        connected.sendall(sent)
        assert PATIENCE_SECONDS * 0.8 < seconds_until_closed(connected, http.TOO_SLOW) < SOON


def test_a_head_that_comes_byte_by_byte_is_waited_for_no_longer(server: SmallServer) -> None:
    with server.client() as connected:
        send_slowly(connected, b"G" * 100, every_seconds=PATIENCE_SECONDS / 10)


def test_a_body_that_comes_slowly_but_comes_is_read_to_its_end(server: SmallServer) -> None:
    whole = http.BODY_BYTES_PER_SECOND * 2
    with server.client() as connected:
        connected.sendall(POST % whole)
        connected.settimeout(PATIENCE_SECONDS / 5)
        for _ in range(10):
            connected.sendall(b"x" * (whole // 10))
            with suppress(TimeoutError):
                assert connected.recv(1, socket.MSG_PEEK) != b""
        connected.settimeout(SOON)
        read_until(connected, b"%d bytes" % whole)


def test_a_large_body_that_comes_at_once_is_read(server: SmallServer) -> None:
    with server.client() as connected:
        connected.sendall(POST % 25_000_000)
        connected.sendall(b"x" * 25_000_000)
        read_until(connected, b"25000000 bytes")


def test_a_connection_is_kept_between_requests(server: SmallServer) -> None:
    with server.client() as connected:
        for _ in range(3):
            connected.sendall(POST % 3 + b"abc")
            read_until(connected, b"3 bytes")


def test_one_address_does_not_take_the_places_of_others(server: SmallServer) -> None:
    repeated.tell_all()
    silent = [server.client(source="127.0.0.2") for _ in range(4)]
    with capture_logs() as lines:
        for _ in range(3):
            assert b" 503 " in server.get(source="127.0.0.2")
        assert b" 200 " in server.get(source="127.0.0.3")
    assert [(line["event"], line["address"]) for line in lines] == [("connection refused", "127.0.0.2")]
    for connected in silent:
        connected.close()


def test_when_all_places_are_taken_the_next_is_refused_at_once_and_later_let_in(server: SmallServer) -> None:
    silent = [server.client(source=f"127.0.0.{10 + number}") for number in range(10)]
    began = time.monotonic()
    assert b" 503 " in server.get()
    assert time.monotonic() - began < SOON
    for connected in silent:
        seconds_until_closed(connected)
        connected.close()
    assert b" 200 " in server.get()
    assert server.places.taken == 0


def test_what_breaks_off_in_the_middle_of_an_answer_leaves_nothing_behind(server: SmallServer) -> None:
    with server.client() as connected:
        connected.sendall(POST % 3 + b"abc" + b"\x00 this is no HTTP\r\n\r\n")
        read_all(connected)
    assert b" 200 " in server.get()
    assert server.places.taken == 0
