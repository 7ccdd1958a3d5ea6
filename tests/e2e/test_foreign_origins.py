"""Pages of other origins in a signed-in person's browser: nothing that this server answers can be read by them.

Our own pages work wherever they are opened, or say which setting to change.
"""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DEPLOYMENT
from tests.e2e.deployments import Deployment
from tests.e2e.reading import expect_counted, new_person, send
from tests.e2e.serving import Server, free_port
from tests.e2e.socket_client import opened_page, sign_up
from tests.e2e.tunnel import forwarded

FOREIGN = ("https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1", "http://127.0.0.1:1")
PATHS = (
    "/",
    "/c/x",
    "/metrics",
    "/health/live",
    "/health/ready",
    "/ping",
    "/_health",
    "/auth/login",
    "/favicon.svg",
    "/assets/x.js",
)
LISTED = "https://ui.example.org"
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
MAY_BE_READ = "access-control-allow-origin"
REFUSED_SECONDS = 20
"""Loading, two seconds in which most gaps are over, and the question why."""

SETTING = re.compile("CHATAPP_(PUBLIC_URL|ALLOWED_ORIGINS)")
TALKS = """address => new Promise((resolve) => {
  const socket = new WebSocket(address);
  socket.onopen = () => resolve(true);
  socket.onerror = () => resolve(false);
})"""


@pytest.fixture(scope="module")
def with_listed_origin(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that names one further origin."""
    folder = tmp_path_factory.mktemp("listed")
    made = Server(folder / "data", free_port(), server.root, CHATAPP_ALLOWED_ORIGINS=LISTED)
    made.start()
    yield made
    made.terminate()


def readable(url: str, origin: str) -> list[str]:
    """The paths, and the methods on them, whose answer a browser would hand to a page of `origin`."""
    with httpx2.Client(base_url=url, headers={"origin": origin}) as client:
        plain = [path for path in PATHS if MAY_BE_READ in client.get(path).headers]
        asked = [f"OPTIONS {p}" for p in PATHS if MAY_BE_READ in client.options(p, headers=PREFLIGHT).headers]
    return plain + asked


@pytest.mark.deployment
def test_no_page_of_another_origin_reads_anything(server: Deployment) -> None:
    for origin in FOREIGN:
        assert readable(server.url, origin) == [], origin


def test_figures_are_kept_from_a_page_that_asks_from_this_very_machine(server: Deployment) -> None:
    refused = httpx2.get(f"{server.url}/metrics", headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "chatapp_" not in refused.text


def test_of_other_origins_only_a_listed_one_reads_and_our_own_pages_still_connect(with_listed_origin: Server) -> None:
    url = with_listed_origin.url
    assert set(PATHS) <= set(readable(url, LISTED))
    for origin in (*FOREIGN, f"{LISTED}.evil.example", LISTED.replace("https", "http")):
        assert readable(url, origin) == [], origin
    cookie = sign_up(url, "a passphrase of somebody")
    for own in (url, url.replace("localhost", "127.0.0.1")):
        with opened_page(own, cookie) as page:
            assert page.frames


@pytest.mark.deployment
@pytest.mark.skipif(DEPLOYMENT.endswith("split"), reason="the pages are for one address, which the settings name")
def test_a_page_opened_through_another_port_works_and_a_page_of_the_servers_own_port_cannot_join(
    browser: Browser, server: Deployment
) -> None:
    with forwarded(server.port) as port:
        page = new_person(browser, f"http://localhost:{port}")
        send(page, "count 5")
        expect_counted(page, 5)
        page.reload()
        expect_counted(page, 5)
        socket = f"ws://localhost:{port}/_event/?token={uuid4()}&EIO=4&transport=websocket"
        assert page.evaluate(TALKS, socket)
        # The browser sends the cookie along: it knows no ports.
        hostile = page.context.new_page()
        hostile.goto(f"{server.url}/health/live")
        assert not hostile.evaluate(TALKS, socket)
        page.context.close()


@pytest.mark.deployment
@pytest.mark.parametrize("host", ["", "127.0.0.1"], ids=["passed on", "changed by a proxy"])
def test_a_page_opened_at_a_name_that_is_not_known_says_which_setting_to_change(
    browser: Browser, server: Deployment, host: str
) -> None:
    with forwarded(server.port, host) as port:
        page = browser.new_page(base_url=f"http://box.example.test:{port}")
        page.goto("/login")
        expect(page.get_by_text(SETTING)).to_be_visible(timeout=REFUSED_SECONDS * 1000)
        page.close()
