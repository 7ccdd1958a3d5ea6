"""Behind a proxy its own connections are not counted; what it forwards is, by the address that it names."""

from collections.abc import Iterator

import httpx2
import pytest
from starlette.types import ASGIApp
from websockets.exceptions import InvalidStatus

from chatapp.connections.forwarded import CountForwarded
from chatapp.connections.places import Places
from tests.connections.small_server import SmallServer, serving
from tests.waiting import until_sync

NAT = {"X-Forwarded-For": "203.0.113.7"}
OTHER = {"X-Forwarded-For": "203.0.113.8"}
FORGED = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}


class Forwarding(SmallServer):
    """Trusts one proxy."""

    def wrap(self, app: ASGIApp) -> ASGIApp:
        return CountForwarded(app, Places(100, 4), 1)


@pytest.fixture
def server() -> Iterator[SmallServer]:
    """One with four places for each address that the proxy names."""
    with serving(Forwarding(Places(100, 4), counts_peers=False)) as made:
        yield made


def status(server: SmallServer, headers: dict[str, str]) -> int:
    return httpx2.get(f"http://127.0.0.1:{server.port}/read", headers=headers).status_code


def test_the_address_that_the_proxy_names_has_so_many_places_and_no_other_loses_any(server: SmallServer) -> None:
    pages = [server.websocket(**NAT) for _ in range(4)]
    assert status(server, NAT) == 503
    assert status(server, FORGED) == 503
    with pytest.raises(InvalidStatus):
        server.websocket(**NAT)
    assert status(server, OTHER) == 200
    for page in pages:
        page.close()
    until_sync(lambda: status(server, NAT) == 200, what="a place")


def test_the_proxy_itself_may_have_more_connections_than_any_address(server: SmallServer) -> None:
    pages = [server.websocket(**{"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(20)]
    for page in pages:
        page.send("there")
        assert page.recv(timeout=10) == "there"
        page.close()
