"""What lets Redis be split: keys are named in one place, and nothing walks over all of them.

What the database needs for the same is held by tests/generations/test_partitions.py, on the statements themselves.
"""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.rules.source_tree import Module, modules, refuse

NAMESPACES = {
    "chatapp.streaming.redis_log": "the event log: all with the same hash tag",
    "chatapp.limits": "counts of rate limits: each key alone, asked for alone; the library spreads them as it likes",
    "chatapp.jobs.broker": "Dramatiq's queues: its scripts build keys from this one name, so they stay on one server",
}
"""Module -> what its keys are. Whoever else names a key of Redis has not thought of splitting it."""

KEY = re.compile(r"chatapp:(?:$|[\w{])")

WALKS = frozenset({"KEYS", "SCAN", "SSCAN", "HSCAN", "ZSCAN", "RANDOMKEY", "DBSIZE", "FLUSHALL", "FLUSHDB"})
"""Commands whose cost is that of everything there is."""

SEVERAL_KEYS = frozenset({"MGET", "MSET", "SUNION", "SINTER", "RENAME", "EVAL", "EVALSHA", "XREADGROUP", "MULTI"})
"""Commands over several keys, which a cluster refuses unless all have the same hash tag."""

BLOCKING = frozenset({"XREAD", "BLPOP", "BRPOP", "BLMOVE", "BZPOPMIN", "SUBSCRIBE", "PSUBSCRIBE"})
READER = "chatapp.streaming.redis_log"
"""Waits with one XREAD for the whole process."""


def keys_elsewhere(module: Module) -> Iterator[str]:
    """Names of keys outside the modules that may name them."""
    if module.name not in NAMESPACES:
        yield from (f"{module.at(line)} {text!r}" for line, text in module.strings() if KEY.match(text))


def walks(module: Module) -> Iterator[str]:
    """Commands that go over all keys, or over all of a large one; as words for Redis, or as methods of its client."""
    yield from _commands(module, WALKS)
    if any(name.split(".")[0] == "redis" for _, name in module.imports()):
        called = {f".{name.lower()}{more}" for name in WALKS for more in ("(", "_iter(")} - {".keys("}
        yield from (
            module.at(at) for at, text in enumerate(module.source.splitlines(), 1) if any(c in text for c in called)
        )


def several_keys(module: Module) -> Iterator[str]:
    """Commands over several keys."""
    yield from _commands(module, SEVERAL_KEYS)


def other_readers(module: Module) -> Iterator[str]:
    """Blocking reads outside the one reader of a process."""
    if module.name != READER:
        yield from _commands(module, BLOCKING)


def _commands(module: Module, commands: frozenset[str]) -> Iterator[str]:
    for line, text in module.strings():
        if text.split(" ")[0] in commands:
            yield f"{module.at(line)} {text!r}"


Checker = Callable[[Module], Iterator[str]]
INSTEAD: dict[Checker, str] = {
    keys_elsewhere: "Name keys with streaming.redis_log.redis_name, or say here why these need no hash tag",
    walks: "Ask for the keys that are meant, by name",
    several_keys: "Send several commands",
    other_readers: "Subscribe to the hub, which reads once for the whole process",
}


@pytest.mark.parametrize("check", INSTEAD, ids=lambda check: check.__name__)
def test_redis_can_be_split(check: Checker) -> None:
    refuse((finding for module in modules("chatapp") for finding in check(module)), INSTEAD[check])


def test_every_namespace_is_of_a_module_that_names_keys() -> None:
    named = {m.name for m in modules("chatapp") if any(KEY.match(text) for _, text in m.strings())}
    assert named == set(NAMESPACES)


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (keys_elsewhere, "key = 'chatapp:presence'"),
        (keys_elsewhere, "key = f'chatapp:{kind}:{subject}'"),
        (walks, "client.run('KEYS', '*')"),
        (walks, "client.run('SCAN 0')"),
        (walks, "import redis\nfor key in client.scan_iter():\n    pass"),
        (several_keys, "client.run('MGET', *keys)"),
        (other_readers, "client.run_blocking(('XREAD', 'BLOCK', 0))"),
    ],
)
def test_what_would_keep_redis_in_one_piece_is_found(check: Checker, source: str) -> None:
    assert list(check(Module("chatapp.ui.presence", source)))
