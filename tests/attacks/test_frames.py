"""Frames that would keep a process busy, or fill its memory: their sender gets nothing by them, others go on."""

import json
import socket
import uuid
from contextlib import ExitStack, suppress
from socket import SHUT_RDWR
from threading import Thread

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatapp.web.reflex_names import HYDRATE
from chatapp.web.visitors import LINGER_SECONDS, REFUSAL_SECONDS, STRANGERS_MAX
from tests.attacks.scale import times
from tests.attacks.scene import ANSWERED_SECONDS, GROWTH_MB, PASSWORD, answered_seconds, megabytes
from tests.attacks.strangers import HANDSHAKE, connect, connections, shake_hands
from tests.e2e.serving import Server
from tests.e2e.socket_client import (
    DISMISS,
    PAGE_FAILED,
    SEND,
    PageSocket,
    at,
    connected,
    opened_page,
    sign_up,
)
from tests.waiting import until_sync

SLOW_TO_SEARCH = 'TypeError: can\'t access property "", '
"""Reflex searched 100 KB of it for more than 30 s."""


def test_what_a_page_says_of_its_failures_is_cut_counted_and_never_answered(
    attacked: Server, person: PageSocket
) -> None:
    with opened_page(attacked.url, sign_up(attacked.url, PASSWORD)) as eve:
        eve.frames.clear()
        for characters in (1_400_000, 100_000, 15_000, *[1_000] * 20):
            info = SLOW_TO_SEARCH * (characters // len(SLOW_TO_SEARCH))
            eve.emit(PAGE_FAILED, {"info": f"failed {info}", "component_stack": "TypeError: null is not an object"})
        assert answered_seconds(person) < ANSWERED_SECONDS
        eve.settle()
        assert "_call_script" not in "".join(eve.frames)
    reports = [line for line in attacked.log_file.read_text().splitlines() if "page_failed" in line]
    assert 1 <= len(reports) <= 5
    assert max(map(len, reports)) < 3_000


def hydrate(more: str = "") -> str:
    """How a page opens, with something parked in its address."""
    event = {"name": HYDRATE, "payload": {}, "router_data": at("/login", more=more)}
    return f"40/_event,{json.dumps({'event': event})}"


def test_pages_of_strangers_hold_a_few_places_and_leave_them_when_they_go(attacked: Server, person: PageSocket) -> None:
    asked = HANDSHAKE.format(port=attacked.port, token=uuid.uuid4(), cookie="").encode()
    with connections(attacked.port, times(1_500), asked, source="127.0.0.7") as strangers:
        assert answered_seconds(person) < ANSWERED_SECONDS
        taken = sum(b" 101 " in _first_words(stranger) for stranger in strangers)
    assert taken == STRANGERS_MAX
    until_sync(lambda: _is_let_in(attacked, "127.0.0.7"), seconds=LINGER_SECONDS + 30, what="a place for the next page")


def _first_words(stranger: socket.socket) -> bytes:
    """The answer; nothing if the address has too many connections for one more, and the server closes it unread."""
    stranger.settimeout(REFUSAL_SECONDS + 20)
    with suppress(ConnectionError):
        return stranger.recv(64)
    return b""


def _is_let_in(server: Server, source: str) -> bool:
    with connect(server.port, source) as stranger:
        stranger.settimeout(REFUSAL_SECONDS + 20)
        return b" 101 " in shake_hands(stranger, server.port, str(uuid.uuid4()))


def test_a_stranger_who_sends_what_is_long_is_closed(attacked: Server, person: PageSocket) -> None:
    before = megabytes(attacked)
    for _ in range(times(100)):
        with suppress(InvalidStatus), connected(attacked.url) as page:
            with suppress(ConnectionClosed):
                page.send(hydrate("x" * 900_000))
            assert page.is_closed_by_server()
    assert answered_seconds(person) < ANSWERED_SECONDS
    assert megabytes(attacked) - before < GROWTH_MB


@pytest.mark.parametrize("kind", ["events", "long questions"])
def test_dense_frames_over_ten_sockets_of_one_person_keep_nobody_waiting(
    attacked: Server, person: PageSocket, kind: str
) -> None:
    cookie, before = sign_up(attacked.url, PASSWORD), megabytes(attacked)
    form = {"form": {"text": "x" * 1_400_000, "client_message_id": "1"}}
    frame = (DISMISS,) if kind == "events" else (SEND, form)

    def flood(page: PageSocket) -> None:
        with suppress(ConnectionClosed):
            for _ in range(2_000):
                page.emit(*frame)

    with ExitStack() as stack:
        pages = [stack.enter_context(opened_page(attacked.url, cookie)) for _ in range(10)]
        floods = [Thread(target=flood, args=(page,)) for page in pages]
        for thread in floods:
            thread.start()
        waits = [answered_seconds(person) for _ in range(times(1_000))]
        for page in pages:
            page.connection.socket.shutdown(SHUT_RDWR)  # some wait until more of theirs is read
        for thread in floods:
            thread.join()
    assert sorted(waits)[int(len(waits) * 0.95)] < ANSWERED_SECONDS
    assert megabytes(attacked) - before < GROWTH_MB


def test_reconnects_of_one_person_fill_no_memory_whether_they_wait_for_their_turn_or_not(
    attacked: Server, person: PageSocket
) -> None:
    cookie, before = sign_up(attacked.url, PASSWORD), megabytes(attacked)
    asked = HANDSHAKE.format(port=attacked.port, token=uuid.uuid4(), cookie=cookie).encode()
    for _ in range(times(50)):
        with connections(attacked.port, 100, asked, source="127.0.0.8"):
            pass
    for _ in range(times(100)):
        with opened_page(attacked.url, cookie):
            pass
    assert answered_seconds(person) < ANSWERED_SECONDS
    assert megabytes(attacked) - before < GROWTH_MB
