"""What an answer refers to is found in each server's shape; what is hostile in it comes to nothing."""

import json

import pytest

from chatapp.providers.base import Source, SourcesPart
from chatapp.providers.openai_provider import OpenAIProvider
from tests.providers.answers import ask
from tests.providers.odd_streams import DONE, STOP, chunk, stream, text
from tests.providers.scripted_server import ScriptedServer

A, B = Source("https://a.example/x", "A title"), Source("http://b.example/", "B")


def as_fields(source: Source) -> dict[str, str]:
    return {"url": source.url, "title": source.title}


def annotation(source: Source) -> dict[str, object]:
    return {"type": "url_citation", "url_citation": {**as_fields(source), "start_index": 0}}


async def sources_of(scripted: OpenAIProvider, server: ScriptedServer, *payloads: bytes) -> tuple[Source, ...]:
    server.will_send_in_chunks(stream(*payloads, STOP, DONE))
    given = await ask(scripted, "x")
    assert given.error is None
    return next((part.sources for part in reversed(given.parts) if isinstance(part, SourcesPart)), ())


SHAPES = {
    "Perplexity": [chunk({"content": "a[1]"}, search_results=[as_fields(A), as_fields(B)], citations=[A.url, B.url])],
    "xAI": [
        *text("a"),
        json.dumps(
            {"choices": [], "citations": [A.url, B.url], "search_results": [as_fields(A), as_fields(B)]}
        ).encode(),
    ],
    "OpenRouter": [
        chunk({"content": "a", "annotations": [annotation(A)]}),
        chunk({"content": "", "annotations": [annotation(A), annotation(B)]}),
    ],
    "Mistral": [
        chunk(
            {"content": [{"type": "text", "text": "a"}, {"type": "reference", "reference_ids": [1], **as_fields(A)}]}
        ),
        chunk({"content": [{"type": "tool_reference", "tool": "web_search", **as_fields(B)}]}),
    ],
    "Azure": [chunk({"role": "assistant", "context": {"citations": [as_fields(A), as_fields(B)]}}), *text("a")],
    "whole": [
        json.dumps({"choices": [{"message": {"content": "a", "annotations": [annotation(A), annotation(B)]}}]}).encode()
    ],
}


@pytest.mark.parametrize("payloads", SHAPES.values(), ids=SHAPES.keys())
async def test_each_servers_references_are_found_in_order(
    scripted: OpenAIProvider, server: ScriptedServer, payloads: list[bytes]
) -> None:
    assert await sources_of(scripted, server, *payloads) == (A, B)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://", "https://a\nb", "x" * 5_000, "http://["],
)
async def test_an_address_that_is_not_of_the_web_is_none_and_keeps_its_number(
    scripted: OpenAIProvider, server: ScriptedServer, url: str
) -> None:
    found = await sources_of(scripted, server, chunk({"content": "a"}, citations=[url, B.url]))
    assert found == (Source(""), Source(B.url))


@pytest.mark.parametrize("odd", [7, "x", {"a": 1}, [7, None, [], {}], [{"url": 7}], [[[["x"]]]], {"url": {"url": {}}}])
@pytest.mark.parametrize("field", ["citations", "search_results", "annotations"])
async def test_references_of_no_known_shape_fail_nothing(
    scripted: OpenAIProvider, server: ScriptedServer, odd: object, field: str
) -> None:
    payload = chunk({"content": "a", field: odd}, **{field: odd})
    assert all(source.url == "" for source in await sources_of(scripted, server, payload))


async def test_there_are_only_so_many_of_only_so_much(scripted: OpenAIProvider, server: ScriptedServer) -> None:
    many = [{"url": f"https://e.example/{n}", "title": "t\0\ud800 " * 100} for n in range(500)]
    found = await sources_of(scripted, server, chunk({"content": "a"}, search_results=many))
    assert len(found) == 100
    assert all(len(source.title) <= 200 and source.title.isprintable() for source in found)
