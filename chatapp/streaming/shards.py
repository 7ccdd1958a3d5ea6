"""Which part of Redis holds what: a key's shard is computed from whom it is about, so everybody finds it alone.

In Redis Cluster the text between the braces of a key alone decides where the key lies. So all keys of a shard lie on
one server and one command may name many of them, as a blocking read must; keys of two shards never meet in a command.
"""

import zlib

SHARDS = 1
"""One is right for one Redis: each further one costs every process a connection and a blocking read. All processes must
agree, so it is changed with all of them stopped; what is lost by that is what the log may lose at any time."""


def shard_of(key: str, shards: int) -> int:
    """The shard, from 0, of `<kind>:<subject>`; the same in every process and on every machine."""
    if shards == 1:  # asked for each key of each read
        return 0
    return zlib.crc32(key.partition(":")[2].encode()) % shards


def redis_name(key: str, shards: int) -> str:
    """What `<kind>:<subject>` is called in Redis: `chatapp:{<shard>}:<kind>:<subject>`."""
    return f"chatapp:{{{shard_of(key, shards)}}}:{key}"
