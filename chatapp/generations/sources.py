"""Keeps what an answer refers to in one column: a JSON list of [address, title]."""

import json
from collections.abc import Iterable

from chatapp.providers.base import Source


def store(sources: Iterable[Source]) -> str:
    """What the column holds; "" without sources."""
    pairs = [(source.url, source.title) for source in sources]
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def load(stored: Iterable[str]) -> tuple[Source, ...]:
    """The sources of a chain of generations, in order. What a continuation names again keeps its first number."""
    found = [Source(url, title) for text in stored if text for url, title in json.loads(text)]
    first = {source.url or number: source for number, source in reversed(list(enumerate(found)))}
    return tuple(source for source in found if not source.url or first[source.url] is source)
