"""The two ways to use the database: a transaction that counts as a whole, and a look that leaves nothing."""

import asyncio
import os
import sqlite3
from socket import (
    IPPROTO_TCP,
    SO_KEEPALIVE,
    SOL_SOCKET,
    TCP_KEEPCNT,
    TCP_KEEPIDLE,
    TCP_KEEPINTVL,
    TCP_USER_TIMEOUT,
    socket,
)

import psycopg
import pytest
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from sqlmodel import SQLModel, select

from chatapp.db import database
from chatapp.errors import DatabaseUnavailable
from chatapp.models import LoginSession, User
from chatapp.settings import Settings

WRITERS = 12

pytestmark = pytest.mark.usefixtures("migrated")


def person(name: str) -> User:
    """A row that is not in the database yet."""
    return User(username=name, username_key=name, password_hash="hash of a password")


async def stored() -> list[str]:
    """The names of everybody in the database."""
    async with database.reading() as db:
        return list((await db.exec(select(User.username).order_by(User.username))).all())


async def count_up(name: str) -> None:
    """Read a number and write the next one, in one transaction."""
    async with database.writing() as db:
        found = (await db.exec(select(User).where(User.username == name).with_for_update())).one()
        found.preferred_model = str(int(found.preferred_model or 0) + 1)


async def test_what_a_writing_block_did_is_there_after_it() -> None:
    async with database.writing() as db:
        db.add_all([person("ada"), person("eve")])
    assert await stored() == ["ada", "eve"]


async def test_a_writing_block_that_raises_leaves_nothing_of_itself() -> None:
    async def write() -> None:
        async with database.writing() as db:
            db.add(person("ada"))
            await db.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await write()
    assert await stored() == []


async def test_what_was_to_be_stored_is_not_in_the_words_of_a_failure() -> None:
    with pytest.raises(IntegrityError) as raised:
        async with database.writing() as db:
            db.add_all([person("ada"), person("ada")])
    assert person("ada").password_hash not in str(raised.value)


async def add_two_and_fail() -> None:
    """A statement on the table, an entity, and another on the table that finds both; then the block raises."""
    users = SQLModel.metadata.tables["user_account"]
    async with database.writing() as db:
        await db.exec(users.insert(), params=person("ada").model_dump())
        db.add(person("bob"))
        found = await db.exec(users.update().values(preferred_model="m"))
        assert found.rowcount == len(["ada", "bob"])
        raise ZeroDivisionError


async def test_statements_on_tables_and_entities_are_of_one_transaction() -> None:
    with pytest.raises(ZeroDivisionError):
        await add_two_and_fail()
    assert await stored() == []


async def test_one_column_of_a_table_is_read_as_values_and_several_as_rows() -> None:
    users = SQLModel.metadata.tables["user_account"]
    async with database.writing() as db:
        await db.exec(users.insert(), params=person("ada").model_dump())
        assert (await db.exec(select(users.c.username))).first() == "ada"
        assert (await db.exec(select(users.c.username, users.c.username_key))).first() == ("ada", "ada")


async def test_a_constraint_that_fails_at_the_end_takes_everything_back() -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add_all([person("ada"), person("eve"), person("ada")])
    assert await stored() == []


async def test_a_cancelled_writing_block_leaves_nothing_and_no_lock() -> None:
    started = asyncio.Event()

    async def write() -> None:
        async with database.writing() as db:
            db.add(person("ada"))
            await db.flush()
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])
    async with database.writing() as db:
        db.add(person("eve"))
    assert await stored() == ["eve"]


async def test_a_reading_block_is_kept_from_changing_anything() -> None:
    async with database.reading() as db:
        db.add(person("ada"))
        with pytest.raises((InternalError, OperationalError), match=r"read-?only"):
            await db.flush()
    assert await stored() == []


async def test_writers_at_the_same_time_wait_for_each_other_and_lose_nothing() -> None:
    async with database.writing() as db:
        db.add(person("ada"))
    await asyncio.gather(*[count_up("ada") for _ in range(WRITERS)])
    async with database.reading() as db:
        assert (await db.exec(select(User.preferred_model))).one() == str(WRITERS)


async def test_a_reader_sees_the_state_before_a_writer_and_does_not_wait_for_it() -> None:
    async with database.writing() as db:
        db.add(person("ada"))
        await db.flush()
        assert await stored() == []
    assert await stored() == ["ada"]


async def test_a_writer_waits_for_another_process_without_holding_up_the_rest() -> None:
    if database.engine().dialect.name != "sqlite":
        pytest.skip("about a file that processes of one machine share")
    async with database.writing() as db:
        db.add(person("ada"))
    other = sqlite3.connect(str(database.engine().url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(count_up("ada"))

    async def read_meanwhile() -> None:
        assert await stored() == ["ada"]
        assert not waiting.done()
        other.execute("COMMIT")
        other.close()

    await asyncio.gather(waiting, read_meanwhile())


async def test_a_transaction_on_a_file_ends_before_anything_else_has_its_turn() -> None:
    if database.engine().dialect.name != "sqlite":
        pytest.skip("a server's answers are waited for")
    turn = asyncio.Event()
    asyncio.get_running_loop().call_soon(turn.set)
    async with database.writing() as db:
        db.add(person("ada"))
    assert await stored() == ["ada"]
    assert not turn.is_set()


async def test_a_row_that_refers_to_nobody_is_refused() -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(LoginSession(token_hash="hash", user_id="nobody"))


async def test_a_database_that_nobody_configured_is_refused_in_words(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_engine", None)
    with pytest.raises(RuntimeError, match="before it was configured"):
        database.engine()


def skip_unless_postgres() -> None:
    """For what a file beside us cannot do."""
    if database.engine().dialect.name != "postgresql":
        pytest.skip("about a database server")


async def test_a_service_whose_connection_is_cut_is_done_again() -> None:
    skip_unless_postgres()
    tries = 0

    @database.retries
    async def cut_once() -> list[str]:
        nonlocal tries
        tries += 1
        async with database.reading() as db:
            if tries == 1:
                await (await db.connection()).execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return await stored()

    assert await cut_once() == []
    assert tries == 2


async def test_a_service_whose_connection_is_cut_each_time_says_so_in_words() -> None:
    skip_unless_postgres()

    @database.retries
    async def cut() -> None:
        async with database.writing() as db:
            await (await db.connection()).execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnavailable, match=r"database_away$"):
        await cut()
    assert await stored() == []


async def test_a_server_that_has_become_read_only_is_reported_in_words() -> None:
    skip_unless_postgres()

    @database.retries
    async def write() -> None:
        async with database.writing() as db:
            await (await db.connection()).execute(text("SET TRANSACTION READ ONLY"))
            db.add(person("ada"))

    with pytest.raises(DatabaseUnavailable, match=r"database_away$"):
        await write()


@pytest.mark.parametrize("error", [IdleInTransactionSessionTimeout, ReadOnlySqlTransaction])
def test_errors_of_a_frozen_client_and_of_a_replaced_server_count_as_unavailable(error: type[Exception]) -> None:
    raised = DBAPIError.instance("UPDATE", {}, error(), psycopg.Error)
    assert isinstance(raised, database.UNAVAILABLE)


async def test_a_connection_whose_other_end_vanishes_is_given_up_within_seconds() -> None:
    skip_unless_postgres()
    async with database.writing() as db:
        raw = await (await db.connection()).get_raw_connection()
        assert raw.driver_connection is not None
        with socket(fileno=os.dup(raw.driver_connection.fileno())) as line:
            assert line.getsockopt(SOL_SOCKET, SO_KEEPALIVE) == 1
            assert line.getsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT) == database.VANISHED["tcp_user_timeout"]
            unanswered_seconds = line.getsockopt(IPPROTO_TCP, TCP_KEEPINTVL) * line.getsockopt(IPPROTO_TCP, TCP_KEEPCNT)
            assert line.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE) + unanswered_seconds <= 15


async def test_a_transaction_that_does_nothing_gives_its_locks_back() -> None:
    skip_unless_postgres()
    async with database.writing() as db:
        limit = (await (await db.connection()).execute(text("SHOW idle_in_transaction_session_timeout"))).scalar()
    assert limit == f"{database.FROZEN_SECONDS}s"
