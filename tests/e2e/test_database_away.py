"""The database goes away for longer than anybody waits: pages say so, lose nothing, and go on when it is back."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chatapp.errors import DatabaseUnavailable
from chatapp.words import words_of
from tests.e2e.reading import composer, expect_conversation, expect_counted, new_person, questions, send
from tests.e2e.serving import Server, free_port
from tests.services.postgres_server import PostgresServer

pytestmark = pytest.mark.one_process

AWAY_MS = 30_000
"""A restarting PostgreSQL is waited for, so that the words take their time."""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL that the test may stop."""
    made = PostgresServer(is_synced=False)
    made.start()
    yield made
    made.stop(how=signal.SIGINT)


@pytest.fixture
def connected(server: Server, postgres: PostgresServer, tmp_path: Path) -> Iterator[Server]:
    """chatapp on that PostgreSQL."""
    made = Server(tmp_path / "data", free_port(), server.root, CHATAPP_DATABASE_URL=postgres.new_database())
    made.start()
    yield made
    made.terminate()


def test_a_question_keeps_its_box_and_a_page_that_could_not_open_opens_when_the_database_is_back(
    browser: Browser, connected: Server, postgres: PostgresServer
) -> None:
    page = new_person(browser, connected.url)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    send(page, "count 3")
    expect_counted(page, 3)
    expect_conversation(page)
    postgres.stop(how=signal.SIGINT)
    composer(page).fill("count 4")
    composer(page).press("Enter")
    expect(page.get_by_test_id("error")).to_contain_text(words_of(DatabaseUnavailable()), timeout=AWAY_MS)
    expect(composer(page)).to_have_value("count 4")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_test_id("error")).to_contain_text(words_of(DatabaseUnavailable()), timeout=AWAY_MS)
    expect(questions(other)).to_have_count(0)
    postgres.start()
    expect(questions(other)).to_have_text("count 3", timeout=AWAY_MS)
    expect_counted(other, 3)
    expect(other.get_by_test_id("error")).to_have_count(0)
    composer(page).press("Enter")
    expect(questions(page).last).to_have_text("count 4", timeout=AWAY_MS)
    expect_counted(page, 4)
    assert [words for words in complaints if "eval" in words] == []
    page.context.close()
