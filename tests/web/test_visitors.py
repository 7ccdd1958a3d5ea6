"""Whose websocket it is stands in its scope; strangers have few places, and a token that nobody else has."""

import asyncio
from urllib.parse import parse_qs

import pytest
from starlette.types import Message, Receive, Scope, Send

from chatapp.connections.websocket import KNOWN
from chatapp.settings import Settings
from chatapp.web import visitors
from chatapp.web.visitors import STRANGERS_MAX, VISITOR, KnowVisitors, SocketVisitor
from tests.accounts.browsing import join
from tests.waiting import until
from tests.web.test_guard import cookie

dropped: list[str] = []


@pytest.fixture(autouse=True)
def _without_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no states here; that they go is seen in tests/attacks."""

    async def drop(token: str) -> None:
        dropped.append(token)

    dropped.clear()
    monkeypatch.setattr(visitors, "REFUSAL_SECONDS", 0.01)
    monkeypatch.setattr(visitors, "drop_state", drop)


def scope_of(address: str, login: str = "") -> Scope:
    """What a handshake says."""
    headers = [(b"cookie", login.encode())] if login else []
    known = {"type": "websocket", "path": "/_event/", "query_string": b"token=mine&EIO=4"}
    return {**known, "client": (address, 1), "headers": headers}


class Sockets:
    """Websockets to an app that keeps each open until told otherwise."""

    def __init__(self, settings: Settings) -> None:
        self.seen: list[Scope] = []
        self.end = asyncio.Event()
        self._app = KnowVisitors(settings)(self._stay)
        self._tasks: list[asyncio.Future[None]] = []
        self.refused = 0
        self.listening = 0
        self.known: list[str] = []

    async def _stay(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.seen.append(scope)
        await self.end.wait()

    async def connect(self, address: str = "192.0.2.7", login: str = "") -> None:
        """One more, which has got where it gets."""
        scope = {**scope_of(address, login), KNOWN: self.known.append}
        before = len(self.seen) + self.refused
        self.come(scope)

        async def has_arrived() -> bool:
            return len(self.seen) + self.refused > before

        await until(has_arrived, what="the app or a refusal")

    def come(self, scope: Scope) -> None:
        """One more, who may have to wait."""
        said: list[Message] = [{"type": "websocket.connect"}]

        async def receive() -> Message:
            if not said:
                self.listening += 1
                await self.end.wait()
            return said.pop() if said else {"type": "websocket.disconnect"}

        self._tasks.append(asyncio.ensure_future(self._app(scope, receive, self._send)))

    async def close(self) -> None:
        """End all that are open."""
        self.end.set()
        await asyncio.gather(*self._tasks)

    async def _send(self, message: Message) -> None:
        self.refused += message["type"] == "websocket.close"


@pytest.mark.asyncio
async def test_strangers_have_so_many_places_an_address_and_get_them_back(migrated: Settings) -> None:
    sockets = Sockets(migrated)
    for _ in range(STRANGERS_MAX + 5):
        await sockets.connect()
    assert (len(sockets.seen), sockets.refused) == (STRANGERS_MAX, 5)
    await sockets.connect("192.0.2.8")
    assert sockets.refused == 5
    await sockets.close()
    await sockets.connect()
    assert sockets.refused == 5
    await sockets.close()


@pytest.mark.asyncio
async def test_each_stranger_has_a_token_of_their_own_which_is_dropped_at_the_end(migrated: Settings) -> None:
    sockets = Sockets(migrated)
    for _ in range(2):
        await sockets.connect()
    tokens = [parse_qs(scope["query_string"].decode())["token"][0] for scope in sockets.seen]
    assert len({*tokens, "mine"}) == 3
    assert sockets.seen[0][VISITOR] == SocketVisitor("192.0.2.7", is_stranger=True)
    await sockets.close()
    assert sorted(dropped) == sorted(tokens)
    assert sockets.known == []


@pytest.mark.asyncio
async def test_people_who_are_signed_in_have_all_the_places_they_want(migrated: Settings) -> None:
    login, sockets = cookie(await join("ada", migrated)), Sockets(migrated)
    for _ in range(50):
        await sockets.connect(login=login)
    assert sockets.refused == 0
    assert sockets.known == [sockets.seen[0][VISITOR].sender] * 50
    assert len({scope[VISITOR].sender for scope in sockets.seen}) == 1
    assert not sockets.seen[0][VISITOR].is_stranger
    assert sockets.seen[0]["query_string"] == b"token=mine&EIO=4"
    await sockets.close()
    assert dropped == []


@pytest.mark.asyncio
async def test_strangers_of_all_addresses_come_in_at_a_pace_that_leaves_people_with_a_login_alone(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "STRANGERS_AT_ONCE", 3)
    monkeypatch.setattr(visitors, "STRANGERS_PER_SECOND", 0.1)
    login, sockets = cookie(await join("ada", migrated)), Sockets(migrated)
    for number in range(3):
        await sockets.connect(f"192.0.2.{number}")
    sockets.come(scope_of("192.0.2.8"))  # has to wait for 10 s
    await sockets.connect("192.0.2.9")
    assert (len(sockets.seen), sockets.refused) == (3, 1)
    await sockets.connect("192.0.2.9", login)
    assert (len(sockets.seen), sockets.refused) == (4, 1)
    await sockets.close()  # the one that waited goes, too
    assert len(sockets.seen) == 4
    assert len(dropped) == 4


@pytest.mark.asyncio
async def test_a_stranger_who_goes_before_the_refusal_is_not_answered(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = Sockets(migrated)
    for _ in range(STRANGERS_MAX):
        await sockets.connect()
    monkeypatch.setattr(visitors, "REFUSAL_SECONDS", 60.0)
    before = sockets.listening

    async def waits_for_the_refusal() -> bool:
        return sockets.listening > before

    sockets.come(scope_of("192.0.2.7"))
    await until(waits_for_the_refusal, what="a stranger who waits")
    await sockets.close()
    assert sockets.refused == 0
