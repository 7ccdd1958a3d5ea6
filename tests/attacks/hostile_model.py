"""A model server that answers the question `text 17` with hostile text 17, in pieces, as a quick model does."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.attacks.hostile_texts import text

PIECES = 8
PACE_SECONDS = 0.03


class _HostileModel(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """List a model."""
        self._begin("application/json")
        self.wfile.write(json.dumps({"data": [{"id": "demo"}]}).encode())

    def do_POST(self) -> None:
        """Answer."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        found = re.search(r"\d+", asked["messages"][-1]["content"])
        assert found
        self._begin("text/event-stream")
        for piece in _pieces(text(int(found[0]))):
            self._event({"delta": {"content": piece}})
            self.server.pace.wait(PACE_SECONDS)  # type: ignore[attr-defined]
        self._event({"delta": {}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.end_headers()

    def _event(self, choice: dict[str, object]) -> None:
        self.wfile.write(b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, **choice}]}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HostileModel)
        self.pace = threading.Event()  # set where nothing has to be written slowly any more


def _pieces(whole: str) -> list[str]:
    size = max(1, -(-len(whole) // PIECES))
    return [whole[start : start + size] for start in range(0, len(whole), size)]


@contextmanager
def hostile_model() -> Iterator[str]:
    """The base URL of a running one."""
    server = _Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.pace.set()
    server.shutdown()
    server.server_close()
