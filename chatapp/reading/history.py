"""What a reader sees of a conversation: the newest messages of its active path, as plain data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries
from chatapp.conversations.queries import PathMessage
from chatapp.db import database
from chatapp.errors import NotFound
from chatapp.generations import queries as generation_queries
from chatapp.generations.asking import Posted
from chatapp.generations.message_queue import queries as queue_queries
from chatapp.generations.message_queue.queries import Queued
from chatapp.generations.queries import Answer

PAGE_MESSAGES = 50
PAGE_CHARACTERS = 200_000
PAGE_MESSAGES_MIN = 2
"""What a page opens with, and adds at a time when the reader scrolls up: so many messages, and fewer where they are
long, but always a question and its answer. A tab's state holds the texts, and all of them are sent when it opens."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the path as the queries found it. `versions` are the ids of it and its siblings, oldest first;
    `answer` is None for a question. `continued_id` is another version, from which the conversation went on: it is set
    on the last message of a path alone, else ""."""

    message: PathMessage
    versions: tuple[str, ...]
    answer: Answer | None
    continued_id: str = ""

    @property
    def id(self) -> str:
        """The message's."""
        return self.message.id

    @property
    def text(self) -> str:
        """What a person wrote, or as much of the answer as is stored."""
        return self.answer.text if self.answer else self.message.text


@dataclass(frozen=True, slots=True)
class History:
    """The newest part of a conversation, oldest message first, and what waits to be sent there.

    `is_paused` says that what waits needs somebody to let it go on: no answer is being written. `is_unread` says that
    no screen has shown the end of the last answer.
    """

    conversation_id: str
    title: str
    model: str
    entries: tuple[Entry, ...]
    has_older: bool
    queued: tuple[Queued, ...] = ()
    is_paused: bool = False
    is_unread: bool = False


@database.retries
async def get_history(principal: Principal, conversation_id: str, *, limit: int = PAGE_MESSAGES) -> History:
    """The newest `limit` messages of this person's conversation. Raises NotFound."""
    async with database.reading() as db:
        heading = await queries.get_heading(db, principal, conversation_id)
        entries, has_older = await _read_page(db, conversation_id, heading.active_leaf_id, limit)
        if entries and len(entries[-1].versions) > 1:
            entries = (*entries[:-1], await _with_continued(db, conversation_id, entries[-1]))
        queued = tuple(await queue_queries.list_queued(db, conversation_id)) if heading.has_queue else ()
        is_answering = queued and await generation_queries.find_active_id(db, principal.user_id, conversation_id)
    return History(
        conversation_id,
        heading.title,
        heading.model,
        entries,
        has_older,
        queued=queued,
        is_paused=bool(queued and not is_answering),
        is_unread=heading.is_unread,
    )


@database.retries
async def get_posted(principal: Principal, posted: Posted) -> History:
    """The conversation that a question was sent to. One that it began has nothing in it but the two new messages."""
    if not posted.is_new or posted.answer is None:
        return await get_history(principal, posted.conversation_id)
    answer = posted.answer
    async with database.reading() as db:
        path = await queries.list_path(db, posted.conversation_id, answer.message_id)
    entries = tuple(Entry(m, (m.id,), answer if m.id == answer.message_id else None) for m in path)
    return History(posted.conversation_id, posted.title, answer.model, entries, has_older=False)


@database.retries
async def get_older(principal: Principal, message_id: str, *, limit: int = PAGE_MESSAGES) -> History:
    """The `limit` messages before this one. Raises NotFound."""
    async with database.reading() as db:
        message, conversation = await queries.get_message(db, principal, message_id)
        entries, has_older = await _read_page(db, conversation.id, message.parent_id, limit)
    return History(conversation.id, conversation.title, conversation.model, entries, has_older)


@database.retries
async def get_answer(principal: Principal, message_id: str) -> Answer:
    """One answer of this person. Raises NotFound."""
    async with database.reading() as db:
        message, _ = await queries.get_message(db, principal, message_id)
        answers = await generation_queries.list_answers(db, [message.id])
    if message.id not in answers:  # a question
        raise NotFound
    return answers[message.id]


async def _read_page(
    db: AsyncSession, conversation_id: str, leaf_id: str | None, limit: int
) -> tuple[tuple[Entry, ...], bool]:
    """The messages up to `leaf_id` that go on one page, and whether there are older ones."""
    path = await queries.list_path(db, conversation_id, leaf_id, limit)
    entries = _newest(await _entries(db, conversation_id, path))
    return entries, bool(entries) and path[-len(entries)].parent_id is not None


async def _with_continued(db: AsyncSession, conversation_id: str, last: Entry) -> Entry:
    others = [version for version in last.versions if version != last.id]
    return replace(last, continued_id=await queries.find_continued(db, conversation_id, others) or "")


def _newest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    characters = 0
    for number, entry in enumerate(reversed(entries)):
        characters += len(entry.text)
        if number >= PAGE_MESSAGES_MIN and characters > PAGE_CHARACTERS:
            return entries[-number:]
    return entries


async def _entries(db: AsyncSession, conversation_id: str, path: Sequence[PathMessage]) -> tuple[Entry, ...]:
    answers = await generation_queries.list_answers(db, [m.id for m in path if not queries.is_question(m)])
    versions = defaultdict(list)
    for message_id, parent_id in await queries.list_versions(db, conversation_id, [m.parent_id for m in path]):
        versions[parent_id].append(message_id)
    return tuple(Entry(message, tuple(versions[message.parent_id]), answers.get(message.id)) for message in path)
