"""What somebody can do to the server and to others with a websocket and no scruples: nothing.

A server of its own, with a model server behind a key: its log and its database are the test's to read.
"""

import hashlib
import os
import random
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from chatapp.accounts.sessions import hash_token
from chatapp.web.reflex_names import HYDRATE, ON_LOAD, root_handler_name
from tests.e2e.hostile_frames import (
    HANDLERS,
    SENTINEL,
    Victim,
    damaged,
    hostile_form,
    hostile_place,
    hostile_values,
    unusable_frames,
)
from tests.e2e.serving import Server, free_port
from tests.e2e.socket_client import REDIRECT, SEND, at, connected, handler, opened_page, sign_up
from tests.waiting import until_sync
from tests.web.test_origins import HOSTILE

EVENTS = int(os.environ.get("CHATAPP_TEST_FUZZ", "500"))
"""How many hostile events are sent; the full count is 10,000."""

EVENTS_A_CONNECTION = 100
"""Each with a hostile send. Few enough that none of them is kept waiting for sending too fast."""

API_KEY, SECRET = "sk-sentinel-of-the-endpoint", "sentinel of the installation 5nHd2uGs"
PASSWORD = "sentinel passphrase of ada"
TRACES = ("Traceback", 'File "', "site-packages", "An error occurred")
SAYS_AN_ERROR = re.compile(r'"error_rx_state_":"[^"]')
FOLLOWER_SECONDS = 7
"""An idle follower looks every 5 s whether its person is still signed in; the rest is for a busy machine."""


@pytest.fixture(scope="module")
def attacked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with secrets; its models are those of `server`."""
    made = Server(
        tmp_path_factory.mktemp("attacked") / "data",
        free_port(),
        server.root,
        CHATAPP_SECRET=SECRET,
        CHATAPP_LOG_LEVEL="debug",
        OPENAI_BASE_URL=f"http://127.0.0.1:{server.demo_port}/v1",
        OPENAI_API_KEY=API_KEY,
    )
    made.start()
    yield made
    made.terminate()


@pytest.fixture(scope="module")
def ada(attacked: Server) -> Victim:
    """Signed in, with a question, an answer and a title that hold the sentinel."""
    cookie, token = sign_up(attacked.url, PASSWORD), str(uuid.uuid4())
    with opened_page(attacked.url, cookie, token=token) as page:
        conversation_id = page.ask(f"repeat exactly: {SENTINEL}")
        assert SENTINEL in "".join(page.frames)
    message_id = rows(attacked, "select id from message where role = 'user' and text like '%sentinel%'")[0][0]
    return Victim(cookie, token, conversation_id, str(message_id))


@pytest.fixture(scope="module")
def eve(attacked: Server, ada: Victim) -> str:
    """The cookie of somebody else."""
    return sign_up(attacked.url, "correct horse battery")


def rows(server: Server, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(server.data_dir / "chatapp.db")) as db:
        return db.execute(query).fetchall()


def fingerprint(server: Server) -> dict[str, str]:
    """Of every table, all that is in it but the time at which somebody was last seen, once every title has come."""
    untitled = "select id from conversation where title_source = 'question'"
    until_sync(lambda: not rows(server, untitled), what="the model's title of every conversation")
    tables = [name for (name,) in rows(server, "select name from sqlite_master where type = 'table'")]
    made = {}
    for table in tables:
        columns = [str(column[1]) for column in rows(server, f"pragma table_info({table})") if column[1] != "seen_at"]
        found = sorted(map(repr, rows(server, f"select {', '.join(columns)} from {table}")))
        made[str(table)] = f"{len(found)} {hashlib.sha256(''.join(found).encode()).hexdigest()}"
    return made


def expect_silence(words: str) -> None:
    """Nothing in `words` that somebody else may not see, and no word about the server's insides."""
    assert not [secret for secret in (SENTINEL, API_KEY, SECRET, PASSWORD, *TRACES) if secret in words]


def test_events_with_hostile_arguments_change_nothing_and_tell_nothing(attacked: Server, ada: Victim, eve: str) -> None:
    rng = random.Random(1)
    values = hostile_values(ada, rng)
    before = fingerprint(attacked)
    with opened_page(attacked.url, ada.cookie) as others:
        for _ in range(EVENTS // EVENTS_A_CONNECTION):
            with opened_page(attacked.url, eve) as page:
                for _ in range(EVENTS_A_CONNECTION):
                    name = rng.choice(list(HANDLERS))
                    payload = {argument: rng.choice(values) for argument in HANDLERS[name]}
                    page.emit(name, payload, hostile_place(ada, rng))
                    page.emit(SEND, {"form": hostile_form(rng, values, ada)})
                page.settle()
                expect_silence("".join(page.frames))
        assert fingerprint(attacked) == before
        others.ask("count 3")


def test_what_an_anonymous_connection_sends_is_answered_with_the_way_to_the_login(
    attacked: Server, ada: Victim
) -> None:
    rng, before = random.Random(2), fingerprint(attacked)
    values = hostile_values(ada, rng)
    with opened_page(attacked.url) as page:
        for name, arguments in HANDLERS.items():
            page.emit(name, {argument: rng.choice(values) for argument in arguments}, hostile_place(ada, rng))
        page.settle()
        expect_silence("".join(page.frames))
    assert fingerprint(attacked) == before


def test_a_frame_that_no_page_sends_ends_its_connection_and_nothing_else(
    attacked: Server, ada: Victim, eve: str
) -> None:
    before, frames = fingerprint(attacked), list(unusable_frames(ada))
    rng = random.Random(3)
    frames += [damaged(rng) for _ in range(EVENTS // 10)]
    with opened_page(attacked.url, ada.cookie) as others:
        for frame in frames:
            with connected(attacked.url, eve) as page:
                page.send("40/_event,")
                page.send(frame)
                assert page.is_closed_by_server(), frame[:200]
                expect_silence("".join(page.frames))
        assert fingerprint(attacked) == before
        others.ask("count 4")


@pytest.mark.parametrize("is_open", [True, False], ids=["with her page open", "with her page closed"])
@pytest.mark.parametrize("is_known", [True, False], ids=["as somebody else", "as nobody"])
def test_a_stolen_client_token_shows_nothing_of_its_owner(
    attacked: Server, ada: Victim, eve: str, *, is_open: bool, is_known: bool
) -> None:
    cookie = eve if is_known else ""
    with opened_page(attacked.url, ada.cookie, token=ada.token, path=f"/c/{ada.conversation_id}") as hers:
        assert SENTINEL in "".join(hers.frames)
        if is_open:
            assert SENTINEL not in steal(attacked, ada, cookie)
            hers.settle()
            return
    assert SENTINEL not in steal(attacked, ada, cookie)


def steal(server: Server, victim: Victim, cookie: str) -> str:
    """All that somebody gets who presents the victim's client token and forges all that an event can hold."""
    with opened_page(server.url, cookie, token=victim.token, path=f"/c/{victim.conversation_id}") as page:
        forged = {"headers": {"cookie": victim.cookie, "raw_headers": {"cookie": victim.cookie}}, "token": victim.token}
        there = at(f"/c/{victim.conversation_id}", cookies=victim.cookie, **forged)
        for name in (root_handler_name("hydrate"), HYDRATE, ON_LOAD):
            page.emit(name, {}, there)
        page.emit(handler("page.PageState", "open"), {}, there)
        page.emit(handler("page.PageState", "watch"), {"new_conversation_id": victim.conversation_id}, there)
        page.settle()
        return "".join(page.frames)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_page_of_another_origin_gets_neither_a_websocket_nor_a_form_post(
    attacked: Server, ada: Victim, hostile: str
) -> None:
    origin, address = hostile.format(port=attacked.port), f"http://127.0.0.1:{attacked.port}"
    with pytest.raises(InvalidStatus) as refused, connected(address, ada.cookie, origin=origin):
        pass
    assert refused.value.response.status_code == 403
    for path in ("/auth/login", "/auth/signup", "/auth/logout"):
        form = {"username": "mallory", "password": "correct horse battery"}
        response = httpx2.post(address + path, data=form, headers={"Origin": origin, "Cookie": ada.cookie}, timeout=10)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers


def test_signing_out_ends_what_open_connections_may_do_and_see(attacked: Server) -> None:
    cookie = sign_up(attacked.url, "correct horse battery")
    too_long = handler("composer.ComposerState", "too_long")
    with opened_page(attacked.url, cookie) as acting, opened_page(attacked.url, cookie) as watching:
        watching.emit(too_long)
        watching.read_until(lambda frame: SAYS_AN_ERROR.search(frame) is not None)
        response = httpx2.post(f"{attacked.url}/auth/logout", headers={"Origin": attacked.url, "Cookie": cookie})
        assert response.status_code == 303
        acting.emit(too_long)
        assert "/login" in acting.read_word(REDIRECT)
        assert not list(filter(SAYS_AN_ERROR.search, acting.frames))
        assert "/login" in watching.read_word(REDIRECT, seconds=FOLLOWER_SECONDS)


def test_no_secret_is_in_any_frame_page_or_line_of_the_log(attacked: Server, ada: Victim, eve: str) -> None:
    token = ada.cookie.partition("=")[2]
    hashes = [str(found[0]) for found in rows(attacked, "select password_hash from user_account")]
    secrets = [API_KEY, SECRET, PASSWORD, token, hash_token(token), *hashes]
    place = f"/c/{ada.conversation_id}"
    with opened_page(attacked.url, ada.cookie, path=place) as hers, opened_page(attacked.url, eve, path=place) as page:
        for opened in (hers, page):
            opened.emit(handler("account.SecurityState", "open_settings"), {}, at("/settings"))
            opened.settle()
        refuse_login(attacked)
        own, foreign = "".join(hers.frames), "".join(page.frames)
        assert SENTINEL in own
    shown = "".join(
        httpx2.get(attacked.url + path, headers={"Cookie": cookie}, follow_redirects=True).text
        for cookie in (ada.cookie, eve)
        for path in ("/", place, "/login", "/signup", "/settings", "/health/ready")
    )
    log = attacked.log_file.read_text()
    for words in (own, foreign, shown, log):
        assert not [secret for secret in secrets if secret in words]
    for words in (foreign, shown, log):
        assert SENTINEL not in words
    assert "Traceback" not in log


def refuse_login(server: Server) -> None:
    """A password typed wrongly is as secret as the right one."""
    form = {"username": "ada", "password": f"{PASSWORD}!"}
    response = httpx2.post(f"{server.url}/auth/login", data=form, headers={"Origin": server.url})
    assert PASSWORD not in response.text + str(response.headers)
