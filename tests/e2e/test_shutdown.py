"""Told to end, the server lets running answers finish, waits for nobody else, and leaves nothing behind."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.reading import body, composer, expect_counted, expect_status, new_person, questions, send
from tests.e2e.serving import Server, free_port

HANDSHAKE = (
    "GET /_event/?EIO=4&transport=websocket&token=asleep HTTP/1.1\r\nHost: localhost:{port}\r\n"
    "Origin: http://localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

BACK_SECONDS = 2
"""From a server that is ready to the page that says nothing of it any more."""

pytestmark = pytest.mark.one_process


@pytest.fixture
def own_server(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A server for one test, with the pages that `server` has built."""
    made = Server(tmp_path / "data", free_port(), server.root)
    made.start()
    yield made
    made.kill()


def test_an_answer_that_runs_when_the_server_is_told_to_end_is_finished_and_stored(
    browser: Browser, own_server: Server
) -> None:
    page = new_person(browser, own_server.url)
    send(page, "count 300")
    expect_status(page, "streaming")
    page.wait_for_function("text => document.body.innerText.includes(text)", arg="1 2 3")
    assert own_server.terminate() == 0
    assert "Traceback" not in own_server.log_file.read_text()
    own_server.start()
    page.reload()
    expect_counted(page, 300)
    page.context.close()


def test_a_restart_is_announced_while_answers_end_and_the_page_is_back_with_what_was_typed(
    browser: Browser, own_server: Server
) -> None:
    page = new_person(browser, own_server.url)
    send(page, "count 200 at 50")
    expect(body(page)).to_contain_text("1 2 3")
    own_server.ask_to_end()
    notice = page.get_by_test_id("connection-lost")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Restarting")
    composer(page).press_sequentially("typed while it ends")
    expect_status(page, "completed")
    assert own_server.wait_for_end() == 0
    composer(page).press_sequentially(", and while it is away")
    expect(notice).to_contain_text("Restarting")
    own_server.start()
    expect(notice).to_have_count(0, timeout=BACK_SECONDS * 1000)
    expect(composer(page)).to_have_value("typed while it ends, and while it is away")
    composer(page).press("Enter")
    expect(questions(page).last).to_have_text("typed while it ends, and while it is away")
    expect(questions(page)).to_have_count(2)
    page.context.close()


def test_a_machine_that_has_gone_to_sleep_with_its_page_open_does_not_keep_the_server_from_ending(
    own_server: Server,
) -> None:
    with socket.create_connection(("127.0.0.1", own_server.port)) as asleep:
        asleep.sendall(HANDSHAKE.format(port=own_server.port).encode())
        assert b"101" in asleep.recv(64)
        assert own_server.terminate() == 0
    own_server.start()
