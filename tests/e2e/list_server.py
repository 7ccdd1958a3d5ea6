"""A server that lists as many models as a test wants, and one that takes the question and never answers."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def listing(models: Sequence[str]) -> Iterator[str]:
    """The base URL of a server that lists these models."""
    body = json.dumps({"data": [{"id": model} for model in models]}).encode()

    class Lists(_Quiet):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with _serving(Lists) as url:
        yield url


@contextmanager
def hanging() -> Iterator[str]:
    """The base URL of a server that says nothing until the test is over."""
    is_over = threading.Event()

    class Hangs(_Quiet):
        def do_GET(self) -> None:
            is_over.wait()

    with _serving(Hangs) as url:
        yield url
        is_over.set()


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
