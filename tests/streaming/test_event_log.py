"""What every event log promises; each implementation runs the same tests."""

import asyncio

import pytest

from chatapp.errors import Fenced
from chatapp.streaming import memory_log
from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Position
from chatapp.streaming.memory_log import FEED_MAX_ENTRIES, MemoryLog
from tests.waiting import until

pytestmark = pytest.mark.asyncio


def delta(attempt: int, seq: int, text: str = "x") -> Entry:
    return Entry(Position(attempt, seq), Delta(text))


async def test_entries_come_back_in_order_from_beyond_a_position(event_log: EventLog) -> None:
    await event_log.append("g", [delta(1, 1, "a"), delta(1, 2, "b")])
    await event_log.append("g", [delta(1, 3, "c")])
    assert [e.event for e in await event_log.read("g", Position(1, 1))] == [Delta("b"), Delta("c")]
    assert await event_log.last("g") == Position(1, 3)


async def test_the_last_text_of_an_answer_is_marked_for_its_readers(event_log: EventLog) -> None:
    last = Entry(Position(1, 2), Delta("b", "because", is_last=True))
    await event_log.append("g", [delta(1, 1, "a"), last])
    assert [e.event for e in await event_log.read("g", START)] == [Delta("a"), last.event]


async def test_text_that_turns_the_text_before_it_into_reasoning_is_marked(event_log: EventLog) -> None:
    turn = Entry(Position(1, 2), Delta("b", "because", turns_text=True))
    await event_log.append("g", [delta(1, 1, "a"), turn])
    assert [e.event for e in await event_log.read("g", START)] == [Delta("a"), turn.event]


async def test_a_repeated_append_is_refused(event_log: EventLog) -> None:
    await event_log.append("g", [delta(1, 1)])
    with pytest.raises(Fenced):
        await event_log.append("g", [delta(1, 1)])
    assert len(await event_log.read("g", START)) == 1


async def test_an_older_attempt_cannot_append_once_a_newer_one_has(event_log: EventLog) -> None:
    await event_log.append("g", [delta(1, 1)])
    await event_log.append("g", [Entry(Position(2, 0), End())])
    with pytest.raises(Fenced):
        await event_log.append("g", [delta(1, 2)])


async def test_waiting_returns_at_once_when_something_is_there(event_log: EventLog) -> None:
    await event_log.append("g", [delta(1, 1)])
    found = await event_log.wait({"g": START, "other": START}, timeout_seconds=0)
    assert list(found) == ["g"]


async def test_waiting_ends_when_an_entry_arrives(event_log: EventLog) -> None:
    arrived, *_ = await asyncio.gather(
        event_log.wait({"g": START}, timeout_seconds=10),
        event_log.append("elsewhere", [delta(1, 1)]),
        event_log.append("g", [delta(1, 1)]),
    )
    assert arrived["g"][0].event == Delta("x")


async def test_waiting_gives_up_when_the_time_is_over(event_log: EventLog) -> None:
    assert await event_log.wait({"g": START}, timeout_seconds=0.01) == {}


async def test_notices_are_numbered_and_a_feed_does_not_grow_for_ever(event_log: EventLog) -> None:
    before = await event_log.last("feed")
    for _ in range(FEED_MAX_ENTRIES * 2):
        await event_log.publish("feed", Changed("messages"))
    entries = await event_log.read("feed", before)
    assert 0 < len(entries) <= FEED_MAX_ENTRIES
    assert [e.position for e in entries] == sorted({e.position for e in entries})


async def test_an_expired_key_is_forgotten(event_log: EventLog) -> None:
    async def is_forgotten() -> bool:
        return not await event_log.read("g", START)

    await event_log.append("g", [delta(1, 1)])
    await event_log.expire("g", 0)
    await until(is_forgotten, what="the end of the key")


async def test_a_log_in_memory_forgets_what_has_been_silent_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_log, "FEED_KEEP_SECONDS", 0.05)
    log = MemoryLog()
    await log.publish("silent", Changed("messages"))
    before = await log.last("silent")

    async def is_forgotten() -> bool:
        await log.publish("other", Changed("messages"))
        return await log.last("silent") == START

    await until(is_forgotten, what="the end of the silent feed")
    assert await log.read("other", START) != []
    await log.publish("silent", Changed("title"))
    assert [entry.event for entry in await log.read("silent", before)] == [Changed("title")]
