"""Answers of odd kinds on a page, while they are written, when they have ended, and after a reload."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.reading import answer, body, expect_status, new_person, send
from tests.e2e.serving import Server
from tests.providers.odd_streams import DONE, STOP, chunk, stream, text
from tests.services.real_server import free_port

pytestmark = pytest.mark.one_process

THOUGHT = "Let me see. Twelve by twelve."
HOSTILE = "<img src=x onerror=alert(1)> [b](javascript:alert(1))"
SOURCES = [{"url": "https://a.example/x", "title": HOSTILE}, {"url": "javascript:alert(1)", "title": "None"}]
GO_ON = threading.Event()

STREAMS = {
    "closes": [stream(*text(THOUGHT)), stream(*text("\n</think>\n\n", "It is 144."), STOP, DONE)],
    "sources": [stream(chunk({"content": "One [1]."}, search_results=SOURCES), chunk(finish="length"), DONE)],
    "filter": [stream(*text("This begins and then "), chunk(finish="content_filter"), DONE)],
    "gives up": [stream(*text("It starts well, "), chunk(finish="error"), DONE)],
}


class OddModel(BaseHTTPRequestHandler):
    """Answers the question that names a stream; between its pieces it waits for GO_ON."""

    def do_GET(self) -> None:
        self._send("application/json", [json.dumps({"data": [{"id": "demo"}]}).encode()])

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        question = asked["messages"][-1]["content"]
        self._send("text/event-stream", STREAMS.get(question, [stream(*text("and the rest."), STOP, DONE)]))

    def _send(self, content_type: str, pieces: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.end_headers()
        for number, piece in enumerate(pieces):
            if number:
                GO_ON.wait(timeout=60)
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def odd(server: Server, tmp_path: Path) -> Iterator[Server]:
    """chatapp with that model."""
    model = ThreadingHTTPServer(("127.0.0.1", free_port()), OddModel)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    own = {"OPENAI_BASE_URL": f"http://127.0.0.1:{model.server_port}/v1", "CHATAPP_AUTO_TITLE": "false"}
    made = Server(tmp_path / "data", free_port(), server.root, **own)
    made.start()
    yield made
    made.terminate()
    model.shutdown()
    model.server_close()


def test_each_kind_of_answer_is_shown_as_what_it_is_and_so_after_a_reload(browser: Browser, odd: Server) -> None:
    page = new_person(browser, odd.url)
    send(page, "closes")
    expect(body(page)).to_have_text(THOUGHT)
    GO_ON.set()
    expect(body(page)).to_have_text("It is 144.")
    expect_status(page, "completed")
    thought = answer(page).get_by_test_id("reasoning")
    expect(thought).not_to_contain_text(THOUGHT)
    thought.get_by_role("button").click()
    for _ in range(2):  # what is unfolded stays so over a reload
        expect(thought).to_contain_text(THOUGHT)
        expect(body(page)).to_have_text("It is 144.")
        page.reload()

    send(page, "sources")
    for _ in range(2):
        links = answer(page).get_by_test_id("sources").get_by_role("link")
        expect(links).to_have_text([HOSTILE])
        expect(links).to_have_attribute("href", "https://a.example/x")
        expect(answer(page).get_by_test_id("sources").get_by_role("listitem")).to_have_count(2)
        page.reload()
    answer(page).get_by_test_id("continue").click()
    expect(body(page)).to_have_text("One [1].and the rest.")
    expect_status(page, "completed")
    expect(answer(page).get_by_test_id("sources").get_by_role("link")).to_have_text([HOSTILE])

    send(page, "filter")
    expect_status(page, "completed")
    expect(answer(page)).to_contain_text("content filter")

    send(page, "gives up")
    expect_status(page, "failed")
    for _ in range(2):
        expect(body(page)).to_have_text("It starts well,")
        expect(answer(page).get_by_test_id("retry")).to_be_visible()
        expect(answer(page).get_by_test_id("continue")).to_be_visible()
        page.reload()
    page.context.close()
