"""Which part of Redis holds what: a key's shard is computed from its subject, so no process has to ask for it.

In Redis Cluster only the text between the braces of a key decides where the key lies. So all keys of a shard lie on
one server and one command may name many of them, as a blocking read must; keys of two shards never meet in a command.
"""

import zlib

SHARDS = 1
"""One is right for one Redis: each further one costs every process a connection and a blocking read. All processes must
agree on it, so stop them all before changing it; that loses no more than the log may lose at any time."""


def shard_of(key: str, shards: int) -> int:
    """The shard, from 0, of `<kind>:<subject>`; the same in every process and on every machine."""
    if shards == 1:  # asked for each key of each read
        return 0
    return zlib.crc32(key.partition(":")[2].encode()) % shards


def redis_name(key: str, shards: int) -> str:
    """What `<kind>:<subject>` is called in Redis: `chatapp:{<shard>}:<kind>:<subject>`."""
    return f"chatapp:{{{shard_of(key, shards)}}}:{key}"
