"""The log while strangers send what they like: a stream of short records, none of them a stack trace, none a flood."""

import json
import select
import socket
import struct
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from itertools import count

import pytest

from chatapp.repeated import TOLD_SECONDS
from tests.attacks import hostile_packets, hostile_requests
from tests.attacks.scale import SHARE
from tests.attacks.scene import PASSWORD
from tests.attacks.strangers import connect, masked, shake_hands
from tests.e2e.hostile_frames import Victim
from tests.e2e.serving import Server
from tests.e2e.socket_client import PageSocket, sign_up

GREETING = masked("40/_event,")
AT_ONCE = 50
PATIENCE_SECONDS = 0.5
"""For the answers to what is sent at once; some of it the server waits for longer to be continued."""

TURN_SECONDS = 60.0
"""Strangers of all addresses are let in at a pace."""

FIELD_MAX_CHARACTERS = 300
REPORT_MAX_CHARACTERS = 2_000
VICTIM = Victim("chatapp_session=x", "token", str(uuid.uuid4()), str(uuid.uuid4()))

sources = (f"127.0.{number // 200 + 2}.{number % 200 + 1}" for number in count())
"""An address for each connection: nobody is refused for who else is behind it."""


def say(port: int, sent: list[bytes], prepare: Callable[[socket.socket], None] = lambda _: None) -> None:
    """Send each over a connection of its own, read what comes, and go, every other time without a goodbye."""
    for start in range(0, len(sent), AT_ONCE):
        with ExitStack() as stack:
            connections = [stack.enter_context(connect(port, next(sources))) for _ in sent[start : start + AT_ONCE]]
            for connection, words in zip(connections, sent[start:], strict=False):
                prepare(connection)
                with suppress(ConnectionError):
                    connection.sendall(words)
            read_answers(connections)
            for connection in connections[::2]:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_answers(connections: list[socket.socket]) -> None:
    """Greet whoever lets us in, and read until each has ended, or none says anything for a while."""
    open_ones = set(connections)
    while open_ones and (ready := select.select(open_ones, [], [], PATIENCE_SECONDS)[0]):
        for connection in ready:
            said = b""
            with suppress(ConnectionError):
                said = connection.recv(65_536)
                if b" 101 " in said:
                    connection.sendall(GREETING)
            if not said:
                open_ones.discard(connection)


def some(sent: Iterator[bytes]) -> list[bytes]:
    """The share of it that there is time for, evenly taken."""
    return list(sent)[:: max(1, round(1 / SHARE))]


@pytest.fixture
def log(attacked: Server, person: PageSocket) -> Iterator[None]:
    """What is logged meanwhile is ours, short, and not much; and whoever was there before goes on."""
    before, began = len(attacked.log_file.read_bytes()), time.monotonic()
    yield
    person.settle()
    text = attacked.log_file.read_bytes()[before:]
    assert not [byte for byte in set(text) if byte != 10 and not 32 <= byte < 127]
    records = [json.loads(line) for line in text.splitlines()]
    assert not [record for record in records if "exception" in record or record["level"] == "error"]
    assert max(len(record.pop("report", "")) for record in [*records, {}]) <= REPORT_MAX_CHARACTERS
    assert max(len(str(value)) for record in [*records, {"": ""}] for value in record.values()) <= FIELD_MAX_CHARACTERS
    minutes = (time.monotonic() - began) // TOLD_SECONDS + 2
    lines = Counter((record["event"], record.get("reason")) for record in records if record["level"] == "warning")
    assert not {words: number for words, number in lines.items() if number > 2 * minutes}


@pytest.mark.usefixtures("log")
def test_bytes_that_are_no_http_leave_no_stack_trace_and_no_flood(attacked: Server) -> None:
    say(attacked.port, list(hostile_requests.noise(1)))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("kind", [hostile_requests.requests, hostile_requests.forms, hostile_requests.handshakes])
def test_requests_forms_and_handshakes_leave_no_stack_trace_and_no_flood(
    attacked: Server, kind: Callable[[int], Iterator[bytes]]
) -> None:
    say(attacked.port, some(kind(attacked.port)))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("kind", [hostile_requests.requests, hostile_requests.forms])
def test_what_a_browser_sends_to_the_demo_model_leaves_no_stack_trace(
    attacked: Server, kind: Callable[[int], Iterator[bytes]]
) -> None:
    say(attacked.demo_port, some(kind(attacked.demo_port)))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("is_known", [False, True], ids=["a stranger", "people"])
def test_frames_packets_and_events_leave_no_stack_trace_and_no_flood(attacked: Server, *, is_known: bool) -> None:
    cookie = ""
    sent = some(hostile_packets.frames(1, VICTIM))[:: 3 if is_known else 2]
    for start in range(0, len(sent), AT_ONCE):
        if is_known:  # one person would be let in ever more slowly
            cookie = sign_up(attacked.url, PASSWORD)
        say(attacked.port, sent[start : start + AT_ONCE], partial(open_websocket, attacked.port, cookie))


def open_websocket(port: int, cookie: str, connection: socket.socket) -> None:
    """Shake hands, when it is our turn, and greet as a page does."""
    connection.settimeout(TURN_SECONDS)
    assert b" 101 " in shake_hands(connection, port, str(uuid.uuid4()), cookie)
    connection.sendall(GREETING)
