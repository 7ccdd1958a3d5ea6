"""What lets the database be split by conversation: every statement of the hot path names one, and a transaction one.

Watches the statements while several answers are asked for, written and read at the same time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Column, Insert, Table, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlmodel import col, select

from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch, now
from chatapp.conversations import drafts
from chatapp.db import database
from chatapp.generations import reaper
from chatapp.generations import service as generations
from chatapp.models import Generation, Message
from chatapp.reading import history
from chatapp.reading.follower import Follower
from chatapp.streaming import hub
from tests.generations.conversing import ask, ended, has_text, model_key

CONVERSATIONS = 4

SPLIT = frozenset({"conversation", "message", "generation", "generation_piece"})
"""The tables that are about one conversation."""

GROUPED = frozenset({"generation", "generation_piece"})
"""Those of which one transaction may write rows of several conversations: each piece, lease and stop flag stands for
itself, so that a process may group them by partition, or not at all."""

NAMING = frozenset({"id", "conversation_id", "message_id", "generation_id", "owner_id"})
"""Columns by which a statement finds its partition: the conversation, what is in it, or whose it is."""

SWEPT = frozenset({"lease_until", "dispatched_at", "deleted_at"})
"""Columns by which all conversations are walked over, now and then and not for anybody who waits: see docs/scale.md."""


@dataclass(frozen=True)
class Statement:
    """What a statement is about: tables, columns that must equal something given, or lie below it, and given texts."""

    tables: frozenset[str]
    equal: frozenset[str]
    below: frozenset[str]
    is_insert: bool
    texts: tuple[str, ...]

    @classmethod
    def read(cls, made: ClauseElement, given: Any) -> "Statement":
        """Read a statement of SQLAlchemy and the values that it was run with."""
        parts = [*visitors.iterate(made), getattr(made, "table", None)]
        compared = [part for part in parts if isinstance(part, BinaryExpression) and not isinstance(part.right, Column)]
        return cls(
            tables=frozenset(part.name for part in parts if isinstance(part, Table)),
            equal=_columns(one for one in compared if one.operator in {operators.eq, operators.in_op}),
            below=_columns(one for one in compared if one.operator is operators.lt),
            is_insert=isinstance(made, Insert),
            texts=tuple(_texts(given)),
        )

    @property
    def is_unnamed(self) -> bool:
        """Whether it does not say which partition it means; what is inserted always does."""
        return not self.is_insert and not self.equal & NAMING

    @property
    def sweeps(self) -> frozenset[str]:
        """The columns by which it walks over all conversations."""
        return self.below & SWEPT


@dataclass
class Watched:
    """The statements on split tables so far, by transaction."""

    transactions: list[list[Statement]] = field(default_factory=list)

    def statements(self) -> list[Statement]:
        """All statements."""
        return [statement for transaction in self.transactions for statement in transaction]


@contextmanager
def watching() -> Iterator[Watched]:
    """Note what every engine of this process does."""
    watched, current = Watched(), defaultdict[int, list[Statement]](list)
    engines = {made.sync_engine for made in (database.engine(), database._reader) if made}

    def executed(connection: Any, _cursor: Any, _sql: str, given: Any, context: Any, _many: bool) -> None:
        if context.compiled is not None:
            statement = Statement.read(context.compiled.statement, given)
            if statement.tables & SPLIT:
                current[id(connection)].append(statement)

    def ended_(connection: Any) -> None:
        watched.transactions.append(current.pop(id(connection), []))

    hooks = (("after_cursor_execute", executed), ("commit", ended_), ("rollback", ended_))
    for engine in engines:
        for name, hook in hooks:
            event.listen(engine, name, hook)
    try:
        yield watched
    finally:
        for engine in engines:
            for name, hook in hooks:
                event.remove(engine, name, hook)


def _columns(compared: Iterator[BinaryExpression[Any]]) -> frozenset[str]:
    """The columns on the left of comparisons, those of tuples too."""
    return frozenset(part.name for one in compared for part in visitors.iterate(one.left) if isinstance(part, Column))


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict):
        yield from _texts(list(given.values()))
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _texts(one)


async def talk(ada: Principal, number: int) -> None:
    """Everything hot in one conversation: two questions, a page that follows, a stop, a version, a draft."""
    posted = await ask(ada, f"count 60 at 40 for {number}")
    batches = Follower(hub.current(), ada.user_id, posted.conversation_id).batches()
    following = asyncio.create_task(anext(batches))
    await has_text(ada, posted.conversation_id)
    await following
    answer = await ended(ada, posted.conversation_id)
    await generations.regenerate(ada, answer.message_id, model_key())
    await history.get_history(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)
    await ask(ada, f"count 600 at 60 for {number}", posted.conversation_id)
    await has_text(ada, posted.conversation_id)
    await drafts.save_draft(ada, posted.conversation_id, "and then?")
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)
    await batches.aclose()


@pytest.fixture
def many(ada: Principal) -> list[int]:
    """The numbers of the conversations."""
    return list(range(CONVERSATIONS))


async def conversation_of_each_id() -> dict[str, str]:
    """Which conversation the ids of messages, generations and conversations belong to."""
    async with database.reading() as db:
        messages = await db.exec(select(Message.id, Message.conversation_id))
        written = await db.exec(select(Generation.id, col(Generation.conversation_id)))
        found = {row[0]: row[1] for row in (*messages, *written)}
    return found | {conversation_id: conversation_id for conversation_id in found.values()}


async def test_no_transaction_of_the_hot_path_is_about_two_conversations(ada: Principal, many: list[int]) -> None:
    with watching() as watched:
        await asyncio.gather(*(talk(ada, number) for number in many))
    belongs = await conversation_of_each_id()
    grouped = 0
    for transaction in watched.transactions:
        about = {belongs[text] for statement in transaction for text in statement.texts if text in belongs}
        if len(about) > 1:
            assert set().union(*(statement.tables for statement in transaction)) <= GROUPED, transaction
            grouped += 1
    assert grouped, "several answers at once are checkpointed together: if they were not, this looked at nothing"


async def test_every_statement_of_the_hot_path_says_which_partition_it_means(ada: Principal) -> None:
    with watching() as watched:
        await talk(ada, 1)
    statements = watched.statements()
    assert len(statements) > 50
    assert [s for s in statements if s.is_unnamed and not s.sweeps] == []


async def test_what_walks_over_all_conversations_is_the_sweep_and_is_found(ada: Principal) -> None:
    with watching() as watched:
        await reaper.sweep(JumpWatch())
        await reaper.purge_trash(30)
    # A set, because the first sweep of this process may still be under way.
    assert len({s.sweeps for s in watched.statements() if s.is_unnamed and s.sweeps}) == 3


def test_a_statement_that_names_no_partition_is_found() -> None:
    joined = select(Message.text).join(Generation, col(Generation.message_id) == col(Message.id))
    assert Statement.read(joined, ()).is_unnamed
    assert Statement.read(joined.where(col(Message.role) == "user"), ()).is_unnamed
    assert not Statement.read(joined.where(col(Generation.id).in_(["a"])), ()).is_unnamed
    assert Statement.read(select(Generation.id).where(col(Generation.lease_until) < now()), ()).sweeps
