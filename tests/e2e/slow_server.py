"""A server whose words reach a page late, and when the test says so."""

import re

from playwright.sync_api import Page, WebSocketRoute

from tests.waiting import until_sync


class SlowServer:
    """Holds back what the server sends to a page, from the moment it has told what the tab showed before.

    One that is `mute` holds back everything: the page never gets so far as to be connected.
    """

    def __init__(self, page: Page, *, mute: bool = False) -> None:
        self._page, self._is_mute = page, mute
        self._held: list[str | bytes] = []
        self._is_slow = self._is_over = False
        self._to_page: WebSocketRoute | None = None
        page.route_web_socket(re.compile("/_event/"), self._connect)

    def has_greeted(self) -> bool:
        """Whether the first word is held back."""
        self._page.evaluate("0")  # frames are handed on only while Playwright is asked something
        return bool(self._held)

    def pause(self) -> None:
        """Hold back everything from now on."""
        self._is_slow = True

    def go_on(self) -> None:
        """Let the page be opened."""
        assert self._to_page is not None
        for frame in self._held:
            self._to_page.send(frame)
        self._held, self._is_slow, self._is_over = [], False, True

    def _connect(self, route: WebSocketRoute) -> None:
        self._to_page, self._is_slow = route, self._is_mute and not self._is_over
        server = route.connect_to_server()

        def hold(frame: str | bytes) -> None:
            if self._is_slow:
                self._held.append(frame)
                return
            route.send(frame)
            self._is_slow = not self._is_over and '"is_hydrated_rx_state_":false' in str(frame)

        server.on_message(hold)


class LostRedirect:
    """Keeps a page from hearing where it is to go, once."""

    def __init__(self, page: Page) -> None:
        self._page, self._is_lost = page, False
        page.route_web_socket(re.compile("/_event/"), self._connect)

    def is_lost(self) -> bool:
        """Whether the page was told, and did not hear it."""
        self._page.evaluate("0")  # frames are handed on only while Playwright is asked something
        return self._is_lost

    def _connect(self, route: WebSocketRoute) -> None:
        def hand_on(frame: str | bytes) -> None:
            if not self._is_lost and '"_redirect"' in str(frame):
                self._is_lost = True
            else:
                route.send(frame)

        route.connect_to_server().on_message(hand_on)


def reload_slowly(page: Page, *, mute: bool = False) -> SlowServer:
    """Load `page` anew; it is not opened before the server goes on."""
    slow = SlowServer(page, mute=mute)
    page.reload()
    until_sync(slow.has_greeted, what="the first word of the server")
    return slow
