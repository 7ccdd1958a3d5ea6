"""What lets the database be split by conversation: every statement of the hot path names one, and a transaction one.

Watches the statements while several answers are asked for, written and read at the same time.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from chatapp import database
from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch
from chatapp.conversations import history
from chatapp.conversations import service as conversations
from chatapp.generations import reaper
from chatapp.generations import service as generations
from chatapp.models import Generation, Message
from chatapp.streaming import hub
from chatapp.streaming.follower import Follower
from tests.generations.conversing import ask, ended, has_text, model_key

CONVERSATIONS = 4
SPLIT = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(conversation|message|generation_piece|generation)\b")
NAMED = re.compile(
    r"(?:\b(?:conversation|message|generation|generation_piece)\.)?"
    r"\b(?:conversation_id|message_id|generation_id|owner_id|id)(?:, generation\.attempt\))? (?:=|IN)"
)
"""A condition by which a statement finds its partition: the conversation, what is in it, or whose it is."""

GROUPED = {
    "checkpoint": re.compile(r"UPDATE generation SET seq=|INSERT INTO generation_piece|SELECT generation.seq"),
    "lease": re.compile(r"UPDATE generation SET lease_until="),
    "stop": re.compile(r"SELECT generation.id, generation.attempt, generation.status, generation.stop_requested_at"),
}
"""What one transaction does for several conversations: each piece, lease and stop flag stands for itself, so that a
process may group them by partition, or not at all."""

SWEPT = re.compile(r"generation.lease_until < |generation.dispatched_at < |conversation.deleted_at < ")
"""What walks over all conversations, now and then and not for anybody who waits: see docs/scale.md."""

Statement = tuple[str, tuple[str, ...]]


@dataclass
class Watched:
    """The transactions so far: for each, the statements on split tables and the text values given to them."""

    transactions: list[list[Statement]] = field(default_factory=list)

    def statements(self) -> list[str]:
        """All statements."""
        return [statement for transaction in self.transactions for statement, _ in transaction]


@contextmanager
def watching() -> Iterator[Watched]:
    """Note what every engine of this process does."""
    watched, current = Watched(), defaultdict[int, list[Statement]](list)
    engines = {made.sync_engine for made in (database.engine(), database._reader) if made}

    def executed(connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        if SPLIT.search(statement):
            current[id(connection)].append((statement, tuple(_texts(given))))

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
    await conversations.save_draft(ada, posted.conversation_id, "and then?")
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
        about = {belongs[text] for _, given in transaction for text in given if text in belongs}
        if len(about) > 1:
            assert any(all(kind.search(s) for s, _ in transaction) for kind in GROUPED.values()), transaction
            grouped += 1
    assert grouped, "several answers at once are checkpointed together: if they were not, this looked at nothing"


async def test_every_statement_of_the_hot_path_says_which_partition_it_means(ada: Principal) -> None:
    with watching() as watched:
        await talk(ada, 1)
    statements = watched.statements()
    assert len(statements) > 50
    assert [s for s in statements if is_unnamed(s) and not SWEPT.search(s)] == []


async def test_what_walks_over_all_conversations_is_the_sweep_and_is_found(ada: Principal) -> None:
    with watching() as watched:
        await reaper.sweep(JumpWatch())
        await reaper.purge_deleted(30)
    # A set, because the first sweep of this process may still be under way.
    assert len({s for s in watched.statements() if is_unnamed(s) and SWEPT.search(s)}) == 3


def is_unnamed(statement: str) -> bool:
    """Whether a statement does not say which partition it means; what is inserted always does."""
    return not statement.startswith("INSERT") and not NAMED.search(_conditions(statement))


def _conditions(statement: str) -> str:
    return statement.partition("WHERE")[2]
