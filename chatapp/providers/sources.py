"""Finds what an answer refers to, in the shapes in which servers send it. What they send is hostile: see `_source`.

Perplexity and xAI list `citations` and `search_results` beside the choices, in the order in which the text numbers
them; OpenAI and OpenRouter send `annotations` in the message, Azure a `context` with `citations`, Mistral blocks of
content.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from chatapp.providers.base import Source
from chatapp.providers.text_repair import mend

LISTS_OF_EVENT = ("citations", "search_results")
LISTS_OF_MESSAGE = ("annotations", "citations")

SOURCES_MAX = 100
URL_MAX_CHARACTERS = 2_000
TITLE_MAX_CHARACTERS = 200

_URL_FIELDS = ("url", "uri", "link", "source")
_WRAPPERS = ("url_citation", "document", "web", "source")


class Sources:
    """The sources of one answer, as they come."""

    def __init__(self) -> None:
        self._listed: list[Source] = []
        self._noted: dict[str, Source] = {}
        self._titles: dict[str, str] = {}

    def take_event(self, event: Mapping[str, Any]) -> bool:
        """Look at what stands beside the choices; returns whether there was anything new."""
        if not any(map(event.get, LISTS_OF_EVENT)):
            return False
        before = self.all()
        for field in LISTS_OF_EVENT:
            if found := list(_read(event.get(field))):
                self._titles |= {source.url: source.title for source in found if source.title}
                if len(found) >= len(self._listed):
                    self._listed = found
        return self.all() != before

    def take_message(self, message: Mapping[str, Any]) -> bool:
        """Look at what a message brings beside its content; returns whether there was anything new."""
        before, context = len(self._noted), message.get("context")
        for found in (message, context if isinstance(context, Mapping) else {}):
            for field in LISTS_OF_MESSAGE:
                self.note(found.get(field))
        return len(self._noted) > before

    def note(self, references: object) -> bool:
        """Add single references: those of the text that has just come."""
        before = len(self._noted)
        for source in _read(references):
            if source.url and len(self._noted) < SOURCES_MAX:
                self._noted.setdefault(source.url, source)
        return len(self._noted) > before

    def all(self) -> tuple[Source, ...]:
        """Those that the text numbers first, then the others."""
        listed = [Source(source.url, source.title or self._titles.get(source.url, "")) for source in self._listed]
        known = {source.url for source in listed}
        return (*listed, *(source for url, source in self._noted.items() if url not in known))[:SOURCES_MAX]


def _read(found: object) -> Iterator[Source]:
    items = found if isinstance(found, list) else [found] if isinstance(found, Mapping) else []
    for item in items[:SOURCES_MAX]:
        if isinstance(item, str):
            yield _source(item, "")
        elif isinstance(item, Mapping):
            inner = next((item[name] for name in _WRAPPERS if isinstance(item.get(name), Mapping)), item)
            url = next((inner[name] for name in _URL_FIELDS if isinstance(inner.get(name), str)), "")
            yield _source(url, inner.get("title") or item.get("title"))


def _source(url: str, title: object) -> Source:
    """Only web addresses, and words in one line. An address that is none keeps its number: the text counts them."""
    words = " ".join(mend(title).split()) if isinstance(title, str) else ""
    return Source(url.strip() if _is_web_address(url.strip()) else "", words[:TITLE_MAX_CHARACTERS])


def _is_web_address(url: str) -> bool:
    if len(url) > URL_MAX_CHARACTERS or not url.isprintable() or any(c.isspace() for c in url):
        return False
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and bool(address.hostname)
