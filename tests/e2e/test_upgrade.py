"""A new version is started under an open tab: the tab becomes the new one by itself, and nothing typed is lost."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.reading import composer, expect_conversation, expect_counted, new_person, send
from tests.e2e.serving import ROOT, Server, free_port
from tests.waiting import until_sync

PARTS = ("chatapp", "alembic", "assets", "reflex.lock")
FILES = ("alembic.ini", "rxconfig.py", "requirements.txt", ".npmrc", "bunfig.toml")
RELOAD_SECONDS = 30
"""The build takes about 15 s, in which the tab tries to come back ever more slowly, at last every 2 s."""

pytestmark = pytest.mark.one_process


@pytest.fixture
def deployment(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A running copy of this checkout with the pages that `server` has built, to be edited."""
    root = tmp_path / "checkout"
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / ".web", root / ".web", ignore=shutil.ignore_patterns("node_modules"))
    (root / ".web" / "node_modules").symlink_to(ROOT / ".web" / "node_modules")
    made = Server(tmp_path / "data", free_port(), root)
    made.start()
    yield made
    made.terminate()


def edit(server: Server, file: str, old: str, new: str) -> None:
    """Change a word in the deployed sources."""
    path = server.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def stored_drafts(server: Server) -> list[str]:
    """What the deployment holds as drafts."""
    with closing(sqlite3.connect(server.data_dir / "chatapp.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM draft")]


def test_a_tab_of_an_older_build_becomes_the_new_one_and_keeps_its_draft(browser: Browser, deployment: Server) -> None:
    page = new_person(browser, deployment.url)
    send(page, "count 3")
    expect_counted(page, 3)
    expect_conversation(page)  # a page that has no HTML of its own: the browser has no box to bring the text back to
    composer(page).press_sequentially("half a question")
    until_sync(lambda: stored_drafts(deployment) == ["half a question"], what="the draft")
    deployment.kill()
    composer(page).press_sequentially(", typed on")
    edit(deployment, "chatapp/words.py", "Ask anything", "Ask the new version")
    deployment.start()
    expect(composer(page)).to_have_attribute("placeholder", "Ask the new version", timeout=RELOAD_SECONDS * 1000)
    expect(composer(page)).to_have_value("half a question, typed on")
    page.context.close()


def test_what_was_typed_while_the_server_was_away_survives_its_restart(browser: Browser, deployment: Server) -> None:
    page = new_person(browser, deployment.url)
    composer(page).press_sequentially("half a question")
    deployment.kill()
    composer(page).press_sequentially(", typed on")
    deployment.start()
    expect(page.get_by_test_id("connection-lost")).to_have_count(0, timeout=RELOAD_SECONDS * 1000)
    expect(composer(page)).to_have_value("half a question, typed on")
    page.context.close()
