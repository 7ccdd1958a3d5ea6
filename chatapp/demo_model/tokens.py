"""Cuts text into the pieces that stand for tokens here. No model's real tokenizer: about four characters a piece."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

# Leading white space belongs to the word after it, as real tokenizers have it. The last branch takes what ends a text.
_TOKEN = re.compile(r"\s*(?:\w{1,12}|[^\w\s]{1,4})|\s+")


def split_tokens(text: str) -> list[str]:
    """The pieces of `text`; joined they are `text` again, character for character."""
    return _TOKEN.findall(text)


def merge_to(pieces: Sequence[str], count: int) -> list[str]:
    """`pieces` as exactly `count` pieces, some neighbours joined; needs 1 <= count <= len(pieces)."""
    ends = [position * len(pieces) // count for position in range(count + 1)]
    return ["".join(pieces[start:end]) for start, end in pairwise(ends)]


def after_common_prefix(parts: Iterable[str], said: str) -> Iterator[str]:
    """What is left of `parts` after the text they share with `said` from the start on."""
    position = 0
    remaining = iter(parts)
    for part in remaining:
        shared = _shared_length(part, said, position)
        position += shared
        if shared < len(part):
            yield part[shared:]
            break
    yield from remaining


def _shared_length(part: str, said: str, position: int) -> int:
    if said.startswith(part, position):
        return len(part)
    pairs = zip(part, said[position : position + len(part)], strict=False)
    return next((index for index, (ours, theirs) in enumerate(pairs) if ours != theirs), len(said) - position)
