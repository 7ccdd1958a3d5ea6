"""What opening a page and following it may cost the database and the log, counted in statements and reads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.models import Conversation
from chatapp.reading.follower import Follower
from chatapp.streaming import hub
from chatapp.streaming.events import Delta, Entry, Position, generation_key
from chatapp.streaming.hub import Hub
from chatapp.streaming.memory_log import MemoryLog
from chatapp.ui.state import opening
from chatapp.ui.state.live_page import LivePage
from tests.e2e.seeding import long_conversation
from tests.generations.conversing import add_claimed
from tests.ui.test_live_page import new_tab

OPEN_STATEMENTS = 15
"""The draft; then, as the page connects and again when its follower first looks, the answer that is running,
conversation, messages, answers and versions, list and running answers. Counted, and the same for each length."""

FLUSHES = 20


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run meanwhile, on any engine; beginning a transaction is none."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def seeded(principal: Principal, messages: int) -> str:
    """A conversation of so many messages; returns its id."""
    rows = long_conversation(principal.user_id, "A long talk", messages)

    def write(db: Session) -> None:
        for table, of_table in groupby(rows, type):
            db.execute(insert(table), [row.model_dump() for row in of_table])

    async with database.writing() as db:
        await db.run_sync(write)
    (made,) = (row for row in rows if isinstance(row, Conversation))
    return made.id


@pytest.mark.parametrize("messages", [2, 500])
async def test_a_page_opens_with_as_few_statements_however_long_its_conversation_is(
    ada: Principal, messages: int
) -> None:
    conversation_id = await seeded(ada, messages)
    tab = new_tab()
    batches = Follower(hub.current(), ada.user_id, conversation_id).batches()
    with counted() as statements:
        await opening.fill_with_text(tab, ada, conversation_id)  # as it connects
        await opening.fill(tab, ada, conversation_id)  # its load event
        await LivePage(ada, conversation_id).apply(tab, await anext(batches))
    await batches.aclose()
    assert 0 < len(statements) <= OPEN_STATEMENTS, "\n".join(statements)


class CountingLog(MemoryLog):
    """The log of one process, which counts how often it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def read(self, key: str, after: Position) -> list[Entry]:
        """As the log does."""
        self.reads += 1
        return await super().read(key, after)

    async def wait(self, cursors: Mapping[str, Position], timeout_seconds: float) -> dict[str, list[Entry]]:
        """As the log does."""
        self.reads += 1
        return await super().wait(cursors, timeout_seconds)


async def reads_and_statements(principal: Principal, pages: int) -> tuple[int, list[str]]:
    """What FLUSHES pieces of text cost while so many pages show the answer."""
    log = CountingLog()
    generation, _ = await add_claimed(principal)
    shared = Hub(log)
    await shared.start()
    followers = [Follower(shared, principal.user_id, generation.conversation_id).batches() for _ in range(pages)]
    for batches in followers:
        await anext(batches)
    reads = log.reads
    with counted() as statements:
        for seq in range(1, FLUSHES + 1):
            await log.append(generation_key(generation.id), [Entry(Position(1, seq), Delta(f"{seq} "))])
            assert {(await anext(batches)).text for batches in followers} == {f"{seq} "}
    for batches in followers:
        await batches.aclose()
    await shared.aclose()
    return log.reads - reads, statements


async def test_a_second_page_of_a_conversation_reads_neither_log_nor_database_once_more(ada: Principal) -> None:
    one, by_one = await reads_and_statements(ada, 1)
    three, by_three = await reads_and_statements(ada, 3)
    assert by_one == by_three == []
    assert three <= one + 1  # the read that a new key ended may be counted on either side
