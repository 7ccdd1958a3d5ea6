"""Bytes as real servers were seen to send them, made small: builders for the members of each kind."""

import json
import random
from collections.abc import Iterable
from typing import Any


def chunk(delta: dict[str, Any] | None = None, finish: object = None, **fields: object) -> bytes:
    """One chunk of a completion as the JSON of its event."""
    choice: dict[str, Any] = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice], **fields}).encode()


def text(*pieces: str) -> list[bytes]:
    """Chunks that bring these pieces of content."""
    return [chunk({"content": piece}) for piece in pieces]


def stream(*payloads: bytes, gap: bytes = b"\n\n") -> bytes:
    """Payloads as events, with `gap` behind each."""
    return b"".join(b"data: " + payload + gap for payload in payloads)


STOP = chunk(finish="stop")
DONE = b"[DONE]"


def cut_anywhere(whole: bytes, seed: int, pieces: int = 6) -> list[bytes]:
    """The bytes in pieces, as a network may cut them; the same for the same seed."""
    chance = random.Random(seed)
    cuts = sorted(chance.randrange(len(whole) + 1) for _ in range(pieces - 1))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def words(seed: int, count: int = 12) -> list[str]:
    """Pieces of an answer: words with the space behind them; the same for the same seed."""
    chance = random.Random(seed)
    return [chance.choice(WORDS) + " " for _ in range(count)]


WORDS = ("blue", "Ångström", "漢字", "😀", "a<b", "`code`", "x > y", "<tag>", "$5", "and", "\\n", "1/2", "end.", "</b>")


def joined(pieces: Iterable[str]) -> str:
    """What those pieces make."""
    return "".join(pieces)
