"""Connections that are only there, never end, never read, or are too many: everybody else goes on."""

import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from chatapp.connections.http import BODY_SECONDS, HEAD_SECONDS
from chatapp.web.reflex_names import HYDRATE
from tests.attacks.scale import times
from tests.attacks.scene import ANSWERED_SECONDS, GROWTH_MB, PASSWORD, megabytes
from tests.attacks.strangers import connect, connections, event, is_open, masked, shake_hands
from tests.e2e.serving import Server, free_port
from tests.e2e.socket_client import PageSocket, at, opened_page, sign_up
from tests.waiting import until_sync

FEW_FILES = 1_024
POST = (
    "POST /auth/login HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nusername=half"
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may have few files open."""
    made = Server(tmp_path_factory.mktemp("attacked") / "data", free_port())
    made.command = ["bash", "-c", f'ulimit -n {FEW_FILES}; exec "$@"', "bash", *made.command]
    made.start()
    yield made
    made.terminate()
    assert "Traceback" not in made.log_file.read_text()


@dataclass
class Person:
    """Somebody who was there before, at an address of her own."""

    cookie: str
    page: PageSocket


@pytest.fixture
def person(attacked: Server) -> Iterator[Person]:
    """Signed in, with a page open."""
    cookie = sign_up(attacked.url, PASSWORD)
    with opened_page(attacked.url, cookie) as page:
        yield Person(cookie, page)


def expect_answers(server: Server, person: Person) -> None:
    """Whoever is there goes on, and whoever comes is let in soon and asks."""
    person.page.settle()
    began = time.monotonic()
    with connect(server.port, "127.0.0.9") as comer:
        comer.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 200 " in comer.recv(1000)
    assert time.monotonic() - began < ANSWERED_SECONDS
    with opened_page(server.url, person.cookie) as page:
        page.ask("count 3")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("", HEAD_SECONDS), ("GET / HTTP/1.1\r\nHost: local", HEAD_SECONDS), (POST, BODY_SECONDS)],
    ids=["silent", "half a head", "half a body"],
)
def test_500_connections_that_do_not_go_on_keep_nobody_waiting_and_are_closed(
    attacked: Server, person: Person, said: str, seconds: float
) -> None:
    before = megabytes(attacked)
    with connections(attacked.port, 500, said.format(port=attacked.port).encode()) as silent:
        expect_answers(attacked, person)
        until_sync(lambda: sum(map(is_open, silent)) == 0, seconds=seconds + 5, what="their end")
    expect_answers(attacked, person)
    assert megabytes(attacked) - before < GROWTH_MB


def test_clients_that_never_read_are_closed(attacked: Server, person: Person) -> None:
    cookie, before = sign_up(attacked.url, PASSWORD), megabytes(attacked)
    with opened_page(attacked.url, cookie) as page:
        conversation = page.begin("never read " * 15_000)
    place = at(f"/c/{conversation}")
    with ExitStack() as stack:
        deaf = [stack.enter_context(connect(attacked.port, "127.0.0.4")) for _ in range(times(3))]
        for client in deaf:
            assert b" 101 " in shake_hands(client, attacked.port, str(uuid.uuid4()), cookie)
            client.sendall(masked("40/_event,"))
            client.settimeout(0.2)
        until_sync(lambda: not any(_demands(client, event(HYDRATE, place)) for client in deaf), seconds=60, what="end")
        assert megabytes(attacked) - before < GROWTH_MB
    expect_answers(attacked, person)


def _demands(client: socket.socket, frame: bytes) -> bool:
    """Ask for the whole page ten times more and read nothing; returns whether the connection is still there."""
    try:
        client.sendall(frame * 10)
    except TimeoutError:
        return True
    except ConnectionError:
        return False
    return True
