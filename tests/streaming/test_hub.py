"""The hub hands every subscriber all entries beyond its position, once and in order."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.streaming.event_log import EventLog
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Position
from chatapp.streaming.hub import Hub, Subscription
from chatapp.streaming.memory_log import MemoryLog
from chatapp.streaming.pacing import EARLY_SECONDS

pytestmark = pytest.mark.asyncio


class SlowLog(MemoryLog):
    """A log whose `read` takes a moment, as that of one on the network does."""

    async def read(self, key: str, after: Position) -> list[Entry]:
        found = await super().read(key, after)
        await at(asyncio.get_running_loop().time() + 0.001)
        return found


@pytest.fixture(params=["memory", "slow", "redis"])
def log(request: pytest.FixtureRequest) -> EventLog:
    made: EventLog = SlowLog() if request.param == "slow" else request.getfixturevalue(f"{request.param}_log")
    return made


@pytest_asyncio.fixture
async def hub(log: EventLog) -> AsyncIterator[Hub]:
    made = Hub(log)
    await made.start()
    yield made
    await made.aclose()


async def write(hub: Hub, first: int, last: int) -> None:
    """Each once the hub has read the one before it."""
    async with hub.subscribe() as subscription:
        await subscription.add("g", Position(1, first - 1))
        for seq in range(first, last + 1):
            await hub.log.append("g", [Entry(Position(1, seq), Delta(str(seq)))])
            assert await take(subscription, 1) == [seq]


async def take(subscription: Subscription, count: int) -> list[int]:
    seen: list[int] = []
    async with asyncio.timeout(5):
        while len(seen) < count:
            seen += [entry.position.seq for _, entry in await subscription.next(5)]
    return seen


async def test_two_subscribers_see_the_same_entries(hub: Hub) -> None:
    async with hub.subscribe() as first, hub.subscribe() as second:
        await first.add("g", START)
        await second.add("g", START)
        await write(hub, 1, 50)
        assert await take(first, 50) == await take(second, 50) == list(range(1, 51))


async def test_a_late_subscriber_catches_up_without_gap_or_repeat_while_entries_keep_coming(hub: Hub) -> None:
    async with hub.subscribe() as first, hub.subscribe() as late:
        await first.add("g", START)
        await write(hub, 1, 20)
        writing = asyncio.create_task(write(hub, 21, 200))
        await late.add("g", Position(1, 5))
        await writing
        assert await take(late, 195) == list(range(6, 201))
        assert await take(first, 200) == list(range(1, 201))


async def test_following_from_now_on_leaves_out_what_was_there(hub: Hub) -> None:
    await write(hub, 1, 3)
    async with hub.subscribe() as subscription:
        await subscription.add("g")
        await write(hub, 4, 4)
        assert await take(subscription, 1) == [4]


async def test_a_key_that_is_added_while_the_log_is_being_read_is_heard_at_once(hub: Hub) -> None:
    async with hub.subscribe() as subscription:
        for number in range(10):
            await subscription.add(f"conversation:{number}")
            await hub.log.publish(f"conversation:{number}", Changed("messages"))
            async with asyncio.timeout(1):  # a read that nobody woke would go on for BLOCK_MAX_SECONDS
                ((key, _),) = await subscription.next(1)
            assert key == f"conversation:{number}"


async def test_a_removed_key_brings_nothing_more(hub: Hub) -> None:
    async with hub.subscribe() as subscription:
        await subscription.add("g", START)
        subscription.remove("g")
        await write(hub, 1, 3)
        assert await subscription.next(0.05) == []


async def test_a_closed_subscription_is_forgotten_by_the_hub(hub: Hub) -> None:
    async with hub.subscribe() as subscription:
        await subscription.add("g", START)
    assert hub._subscribers == {}


@pytest.mark.parametrize("last", [End(), Delta("4", is_last=True)], ids=["end", "last text"])
async def test_gathering_text_ends_with_the_answer(hub: Hub, last: End | Delta) -> None:
    async with hub.subscribe() as subscription, asyncio.timeout(5):
        await subscription.add("g", START)
        gathering = asyncio.create_task(subscription.gather(60))
        await write(hub, 1, 3)
        assert not gathering.done()
        await hub.log.append("g", [Entry(Position(1, 4), last)])
        await gathering
        assert await take(subscription, 4) == [1, 2, 3, 4]


async def test_gathering_text_ends_with_the_first_text_of_its_last_moments(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.streaming.hub.LATE_SECONDS", 60)
    async with hub.subscribe() as subscription, asyncio.timeout(5):
        await subscription.add("g", START)
        gathering = asyncio.create_task(subscription.gather(2 * EARLY_SECONDS))
        await at(asyncio.get_running_loop().time() + 1.5 * EARLY_SECONDS)
        assert not gathering.done()
        await write(hub, 1, 1)
        await gathering


async def test_gathering_text_waits_for_nothing_in_its_last_moments(hub: Hub) -> None:
    async with hub.subscribe() as subscription, asyncio.timeout(0):
        await subscription.gather(EARLY_SECONDS)


async def test_gathering_text_that_does_not_come_ends_all_the_same(hub: Hub) -> None:
    async with hub.subscribe() as subscription, asyncio.timeout(5):
        await subscription.add("g", START)
        await subscription.gather(2 * EARLY_SECONDS)


async def at(moment: float) -> None:
    """Wait until `moment`, by the loop's clock."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_at(moment, passed.set)
    await passed.wait()
