"""Shards: every key has one place, and whoever follows keys of several shards misses none of them."""

import asyncio

import pytest

from chatapp.errors import RedisAway
from chatapp.redis_client import RedisClient
from chatapp.streaming.events import START, Changed, Delta, Entry, Position
from chatapp.streaming.hub import Hub
from chatapp.streaming.redis_log import RedisLog
from chatapp.streaming.shards import redis_name, shard_of
from tests.services.redis_server import ClusterServer

SUBJECTS = [f"subject {number}" for number in range(40)]


def test_a_shard_is_the_same_everywhere_and_every_shard_gets_its_share() -> None:
    shards = [shard_of(f"generation:{subject}", 4) for subject in SUBJECTS]
    assert shards[:4] == [0, 2, 0, 2]
    assert all(shards.count(shard) >= 5 for shard in range(4))


def test_everything_about_one_subject_lies_in_one_shard_whose_number_alone_is_in_the_braces() -> None:
    assert redis_name("generation:subject 1", 4) == "chatapp:{2}:generation:subject 1"
    assert redis_name("control:subject 1", 4) == "chatapp:{2}:control:subject 1"
    assert redis_name("generation:subject 1", 1) == "chatapp:{0}:generation:subject 1"


async def test_a_cluster_refuses_to_read_keys_of_two_shards_at_once(cluster_client: RedisClient) -> None:
    names = [redis_name(f"generation:{subject}", 4) for subject in SUBJECTS[:2]]
    with pytest.raises(RedisAway) as refused:
        await cluster_client.run("XREAD", "STREAMS", *names, "0", "0")
    assert "same slot" in str(refused.value.__cause__)


async def test_waiting_on_keys_of_two_shards_is_refused_before_it_is_asked_for(cluster_log: RedisLog) -> None:
    with pytest.raises(ValueError, match="too many values"):
        await cluster_log.wait(dict.fromkeys((f"generation:{subject}" for subject in SUBJECTS), START), 0)


async def test_a_hub_hears_every_shard(cluster_log: RedisLog) -> None:
    hub = Hub(cluster_log)
    await hub.start()
    async with hub.subscribe() as subscription:
        for subject in SUBJECTS:
            await subscription.add(f"generation:{subject}", START)
        entry = Entry(Position(1, 1), Delta("text"))
        await asyncio.gather(*(cluster_log.append(f"generation:{subject}", [entry]) for subject in SUBJECTS))
        heard: set[str] = set()
        async with asyncio.timeout(10):
            while len(heard) < len(SUBJECTS):
                heard |= {key.removeprefix("generation:") for key, _ in await subscription.next(5)}
    await hub.aclose()
    assert heard == set(SUBJECTS)


async def test_a_key_that_is_added_while_its_shard_is_being_read_is_heard_at_once(cluster_log: RedisLog) -> None:
    hub = Hub(cluster_log)
    await hub.start()
    async with hub.subscribe() as subscription:
        for subject in SUBJECTS:
            await subscription.add(f"conversation:{subject}")
            await cluster_log.publish(f"conversation:{subject}", Changed("messages"))
            async with asyncio.timeout(1):  # a read that nobody woke would go on for BLOCK_MAX_SECONDS
                ((key, _),) = await subscription.next(1)
            assert key == f"conversation:{subject}"
    await hub.aclose()


async def test_when_the_shards_go_and_come_back_subscribers_look_and_then_hear_again(
    own_cluster: ClusterServer,
) -> None:
    client = RedisClient(own_cluster.url)
    log = RedisLog(client, shards=4)
    hub = Hub(log)
    await hub.start()
    async with hub.subscribe() as subscription:
        for subject in SUBJECTS:
            await subscription.add(f"conversation:{subject}")
        own_cluster.kill()
        await subscription.next(10)
        assert (hub.is_away, subscription.take_look()) == (True, True)
        await asyncio.to_thread(own_cluster.start)
        async with asyncio.timeout(10):
            while hub.is_away:
                await subscription.next(1)
        for subject in SUBJECTS:
            await log.publish(f"conversation:{subject}", Changed("messages"))
        heard: set[str] = set()
        async with asyncio.timeout(10):
            while len(heard) < len(SUBJECTS):
                heard |= {key.removeprefix("conversation:") for key, _ in await subscription.next(5)}
    await hub.aclose()
    await client.aclose()


async def test_one_shard_is_read_by_one_task_on_one_connection(redis_client: RedisClient) -> None:
    hub = Hub(RedisLog(redis_client))
    await hub.start()
    async with hub.subscribe() as subscription:
        for subject in SUBJECTS:
            await subscription.add(f"generation:{subject}", START)
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("hub")] == ["hub 0"]
    await hub.aclose()
