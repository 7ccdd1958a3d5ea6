"""What is particular to the log on Redis: others' processes, an end to everything, and being down."""

import asyncio

import pytest
import redis

from chatapp.errors import RedisUnavailable
from chatapp.redis_client import RedisClient
from chatapp.streaming.events import START, Changed, Delta, Entry, Position
from chatapp.streaming.hub import Hub
from chatapp.streaming.redis_log import FEED_KEEP_SECONDS, TEXT_KEEP_SECONDS, RedisLog
from tests.services.redis_server import RedisServer
from tests.waiting import until

STORM = 2_000


async def test_what_one_process_appends_another_one_reads(empty_redis: RedisServer, redis_client: RedisClient) -> None:
    other = RedisClient(empty_redis.url)
    await RedisLog(other).append("generation:g", [Entry(Position(1, 1), Delta("text", "thought"))])
    (entry,) = await RedisLog(redis_client).read("generation:g", START)
    assert entry == Entry(Position(1, 1), Delta("text", "thought"))
    await other.aclose()


async def test_every_key_has_an_end(redis_client: RedisClient) -> None:
    log = RedisLog(redis_client)
    await log.append("generation:g", [Entry(Position(1, 1), Delta("text"))])
    await log.publish("conversation:c", Changed("messages"))
    keys = await redis_client.run("KEYS", "*")
    assert sorted(keys) == ["chatapp:{0}:conversation:c", "chatapp:{0}:generation:g"]
    assert 0 < await redis_client.run("TTL", "chatapp:{0}:generation:g") <= TEXT_KEEP_SECONDS
    assert 0 < await redis_client.run("TTL", "chatapp:{0}:conversation:c") <= FEED_KEEP_SECONDS


async def test_readers_that_are_cancelled_leave_nobody_a_strangers_answer(redis_client: RedisClient) -> None:
    log = RedisLog(redis_client)
    for name in ("ada", "eve"):
        await log.append(f"generation:{name}", [Entry(Position(1, 1), Delta(name))])
    reads = [asyncio.create_task(log.read(f"generation:{('ada', 'eve')[n % 2]}", START)) for n in range(STORM)]
    for number, read in enumerate(reads):
        if number % 3 == 0:
            read.cancel()
        if number % 60 == 1:  # so that the next ones are cancelled at any point of theirs
            await read
    answers = await asyncio.gather(*reads, return_exceptions=True)
    for number, answer in enumerate(answers):
        if not isinstance(answer, BaseException):
            assert answer[0].event == Delta(("ada", "eve")[number % 2])


async def test_while_redis_is_down_every_call_fails_soon(own_redis: RedisServer) -> None:
    client = RedisClient(own_redis.url)
    log = RedisLog(client)
    await log.publish("feed:f", Changed("messages"))
    own_redis.kill()
    for call in (
        log.append("generation:g", [Entry(Position(1, 1), Delta("x"))]),
        log.publish("feed:f", Changed("messages")),
        log.last("feed:f"),
        log.read("feed:f", START),
        log.wait({"feed:f": START}, 5),
    ):
        with pytest.raises(RedisUnavailable):
            async with asyncio.timeout(3):
                await call
    await client.aclose()


async def test_subscribers_are_told_to_look_when_redis_goes_and_when_it_is_back(own_redis: RedisServer) -> None:
    client = RedisClient(own_redis.url)
    hub = Hub(RedisLog(client))
    await hub.start()
    async with hub.subscribe() as subscription:
        await subscription.add("conversation:c")
        own_redis.kill()
        assert await subscription.next(10) == []
        assert (hub.is_down, subscription.consume_resync()) == (True, True)
        await asyncio.to_thread(own_redis.start)
        assert await subscription.next(10) == []
        assert (hub.is_down, subscription.consume_resync()) == (False, True)
        await hub.log.publish("conversation:c", Changed("messages"))
        ((key, entry),) = await subscription.next(10)
        assert (key, entry.event) == ("conversation:c", Changed("messages"))
    await hub.aclose()
    await client.aclose()


async def test_a_frozen_redis_counts_as_down(own_redis: RedisServer) -> None:
    client = RedisClient(own_redis.url)
    log = RedisLog(client)
    await log.publish("feed:f", Changed("messages"))
    own_redis.freeze()
    with pytest.raises(RedisUnavailable):
        await log.publish("feed:f", Changed("messages"))
    own_redis.thaw()

    async def answers() -> bool:
        try:
            return bool(await log.read("feed:f", START))
        except RedisUnavailable:
            return False

    await until(answers)
    await client.aclose()


async def test_a_redis_that_refuses_to_write_counts_as_away_and_can_be_read(own_redis: RedisServer) -> None:
    client = RedisClient(own_redis.url)
    log = RedisLog(client)
    first = Entry(Position(1, 1), Delta("x"))
    await log.append("generation:g", [first])
    own_redis.refuse_to_write()
    for call in (
        log.append("generation:g", [Entry(Position(1, 2), Delta("y"))]),
        log.publish("feed:f", Changed("messages")),
    ):
        with pytest.raises(RedisUnavailable):
            await call
    assert await log.read("generation:g", START) == [first]
    await client.aclose()


async def test_a_blocking_read_that_redis_ends_with_an_error_counts_as_down(own_redis: RedisServer) -> None:
    client = RedisClient(own_redis.url)
    waiting = asyncio.create_task(RedisLog(client).wait({"feed:f": START}, 5))

    async def is_refused() -> bool:
        with redis.Redis.from_url(own_redis.url) as other:
            readers = [c["id"] for c in other.client_list() if c["cmd"] == "xread"]
            return any(other.client_unblock(reader, error=True) for reader in readers)

    await until(is_refused)
    with pytest.raises(RedisUnavailable):
        await waiting
    await client.aclose()
