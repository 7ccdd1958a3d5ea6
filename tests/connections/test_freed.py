"""What a connection took is given back when it ends, not some time later."""

import gc

from chatapp.connections.places import Places
from chatapp.connections.websocket import WebSocketConnection
from tests.connections.small_server import SmallServer, serving
from tests.waiting import until_sync


def test_a_connection_that_has_ended_is_freed_without_a_search_of_all_memory() -> None:
    gc.collect()
    gc.disable()
    try:
        with serving(SmallServer(Places(10, 4))) as server, server.websocket() as page:
            page.send("a")
            assert page.recv(timeout=10) == "a"
            assert _are_there()
            page.close()
            until_sync(lambda: not _are_there(), what="its end")
    finally:
        gc.enable()


def _are_there() -> bool:
    return any(isinstance(each, WebSocketConnection) for each in gc.get_objects())
