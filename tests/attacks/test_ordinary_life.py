"""Ordinary life is no attack: many people behind one address, each with many tabs, are let in and wait for nothing."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier

import pytest

from chatapp.accounts.sessions import hash_token
from chatapp.models import LoginSession, User
from tests.attacks.scale import times
from tests.attacks.strangers import connect
from tests.e2e.seeding import seed
from tests.e2e.serving import Server, free_port
from tests.e2e.socket_client import PageSocket, opened_page

PEOPLE = times(50, least=3)
TABS = 10
KEPT_BY_A_BROWSER = 6
"""Connections over which it has loaded a page, and that it keeps for a while."""

QUESTION = "count 3 " + "for whoever reads this " * 8_260
"""Of 190 KB."""

SECONDS = 120.0
LOAD = (
    "GET /health/live HTTP/1.1\r\nHost: localhost:{port}\r\nX-Forwarded-For: {forwarded_for}\r\n"
    "Connection: keep-alive\r\n\r\n"
)


@dataclass
class House:
    """A server, and the one address that everybody in the house has."""

    server: Server
    forwarded_for: str


@pytest.fixture(scope="module", params=["", "203.0.113.7"], ids=["without a proxy", "behind a proxy"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server with the limits that it has by itself, whose model takes a long question."""
    made = Server(tmp_path_factory.mktemp("house") / "data", free_port())
    made.environment |= {"CHATAPP_MESSAGE_LIMIT": "20/minute", "CHATAPP_CONTEXT_TOKENS": "200000"}
    made.environment |= {"CHATAPP_TRUSTED_PROXY_HOPS": "1" if request.param else "0"}
    made.start()
    yield House(made, request.param)
    made.terminate()


def signed_in(server: Server) -> list[str]:
    """The cookies of so many people, who have signed in over the day."""
    people = [User(username=f"p{number}", username_key=f"p{number}", password_hash="") for number in range(PEOPLE)]
    logins = [LoginSession(token_hash=hash_token(person.id), user_id=person.id) for person in people]
    seed(server, [*people, *logins])
    return [f"chatapp_session={person.id}" for person in people]


def load(house: House) -> socket.socket:
    """A connection as a browser keeps it."""
    made = connect(house.server.port, "127.0.0.1")
    made.sendall(LOAD.format(port=house.server.port, forwarded_for=house.forwarded_for or "none").encode())
    assert b" 200 " in made.recv(4_096)
    return made


def visit(house: House, cookie: str, stack: ExitStack) -> list[PageSocket]:
    """Open all tabs at once."""
    for _ in range(KEPT_BY_A_BROWSER):
        stack.enter_context(load(house))
    opening = (opened_page(house.server.url, cookie, forwarded_for=house.forwarded_for) for _ in range(TABS))
    return [stack.enter_context(tab) for tab in opening]


def live(house: House, cookie: str, everybody: Barrier) -> None:
    """Open all tabs three times, each time until everybody has theirs, and ask a long question in one of the last."""
    for is_last in (False, False, True):
        with ExitStack() as stack:
            tabs = visit(house, cookie, stack)
            everybody.wait()
            if is_last:
                tabs[0].ask(QUESTION)


def test_fifty_people_with_ten_tabs_each_behind_one_address_are_let_in_and_answered(house: House) -> None:
    everybody = Barrier(PEOPLE, timeout=SECONDS)
    with ThreadPoolExecutor(PEOPLE) as pool:
        for one in [pool.submit(live, house, cookie, everybody) for cookie in signed_in(house.server)]:
            one.result()
    said = house.server.log_file.read_text()
    assert "websocket refused" not in said
    assert "websocket closed" not in said
