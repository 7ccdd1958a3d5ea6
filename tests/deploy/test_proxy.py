"""The proxy of the stack while back ends die: a real Caddy in front of two small servers."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.rules.source_tree import ROOT
from tests.services.real_server import RealServer, free_port
from tests.services.web_servers import find
from tests.waiting import until_sync

BACKEND = """
import http.server, sys
class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = sys.argv[1].encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answers).serve_forever()
"""


class Proxied:
    """The proxy at `url`, and the back ends, each of which answers with its port."""

    def __init__(self, folder: Path) -> None:
        self.ports = [free_port(), free_port()]
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.backends = [
            RealServer([sys.executable, "-c", BACKEND, str(port)], folder / "backend.log", _answers(port))
            for port in self.ports
        ]
        backends = " ".join(f"127.0.0.1:{port}" for port in self.ports)
        told = {"CHATAPP_PROXY_PORT": str(port), "CHATAPP_BACKENDS": backends, "XDG_DATA_HOME": str(folder)}
        config = ROOT / "deploy" / "stack" / "Caddyfile"
        command = [find("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"]
        self.proxy = RealServer(
            command, folder / "caddy.log", _answers(port), environment={**os.environ, **told}, folder=folder
        )

    def ask(self, count: int, method: str) -> list[httpx2.Response]:
        """The answers to so many requests, one after the other."""
        with httpx2.Client(base_url=self.url, timeout=15) as client:
            return [client.request(method, "/x") for _ in range(count)]


def _answers(port: int) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx2.get(f"http://127.0.0.1:{port}/health/live", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False

    return ask


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Proxied]:
    """The proxy, with both back ends up."""
    made = Proxied(tmp_path)
    for server in (*made.backends, made.proxy):
        server.start()
    yield made
    for server in (made.proxy, *made.backends):
        server.stop()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_while_one_backend_lives_nobody_sees_the_death_of_the_other(proxied: Proxied, method: str) -> None:
    before = proxied.ask(20, method)
    assert {answer.text for answer in before} == {str(port) for port in proxied.ports}
    proxied.backends[0].kill()
    after = proxied.ask(50, method)
    assert [answer.text for answer in after] == [str(proxied.ports[1])] * 50
    proxied.backends[0].start()


def test_a_backend_that_comes_back_is_asked_again(proxied: Proxied) -> None:
    proxied.backends[0].kill()
    proxied.ask(5, "GET")
    proxied.backends[0].start()
    until_sync(lambda: str(proxied.ports[0]) in {a.text for a in proxied.ask(4, "GET")}, seconds=15, what="both")
