"""Joining chunks changes nothing but their number: h11, which reads the result, is the judge of what a body is."""

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.providers.chunks import HEAD_MAX_BYTES, ChunkJoiner, MalformedChunk

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY_PARTS = st.lists(st.binary(min_size=1, max_size=40), max_size=8)
CUTS = st.lists(st.integers(min_value=0, max_value=400), max_size=8)
END = b"0\r\n\r\n"


@given(BODY_PARTS, CUTS)
def test_the_body_stays_the_same_however_it_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    response = HEAD + chunked(*parts) + END
    assert read_by_h11(joined(*cut(response, cuts))) == ([b"".join(parts)], True)


@given(BODY_PARTS, CUTS, st.binary(max_size=12))
def test_whatever_follows_is_read_as_it_would_be_without(parts: list[bytes], cuts: list[int], noise: bytes) -> None:
    response = HEAD + chunked(*parts) + noise
    try:
        through = b"".join([*joined(*cut(response, cuts)), b""])
    except MalformedChunk:
        return
    assert read_by_h11([through]) == read_by_h11([response])


def test_chunks_of_one_read_become_one() -> None:
    assert joined(HEAD, chunked(b"one ", b"two ", b"three")) == [HEAD, chunked(b"one two three")]


def test_what_has_come_of_a_chunk_is_handed_on_at_once() -> None:
    assert joined(HEAD + b"a\r\n01234", b"56789\r\n") == [HEAD + chunked(b"01234"), chunked(b"56789")]


def test_a_size_that_has_not_come_whole_waits_for_the_rest() -> None:
    assert joined(HEAD, b"1", b"0\r", b"\n" + 16 * b"x") == [HEAD, b"", b"", chunked(16 * b"x")]


def test_the_last_chunk_and_trailers_pass_as_they_are() -> None:
    end = b"0\r\nDate: today\r\n\r\n"
    assert joined(HEAD, chunked(b"x") + end) == [HEAD, chunked(b"x") + end]


@pytest.mark.parametrize(
    "rest", [b"3;name=value\r\nabc\r\n", b"three\r\nabc\r\n", b"100000000\r\nabc", b"-1\r\n", b" 3\r\nabc\r\n"]
)
def test_from_an_unusual_size_on_all_passes_as_it_is(rest: bytes) -> None:
    assert joined(HEAD, chunked(b"x") + rest, chunked(b"y", b"z")) == [HEAD, chunked(b"x") + rest, chunked(b"y", b"z")]


@pytest.mark.parametrize("reads", [[b"3\r\nabcd"], [b"3\r\nabc", b"d"], [b"3\r\nabc\r", b"d"], [b"3\r\nabc", b"3\r\n"]])
def test_a_chunk_that_is_longer_than_it_says_is_refused(reads: list[bytes]) -> None:
    with pytest.raises(MalformedChunk):
        joined(HEAD, *reads)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Transfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + HEAD_MAX_BYTES * b"x",
    ],
)
def test_a_body_that_is_framed_otherwise_passes_as_it_is(head: bytes) -> None:
    assert joined(head, chunked(b"x", b"y")) == [head, chunked(b"x", b"y")]


def test_heads_that_announce_others_are_followed_by_those() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    assert joined(5_000 * early + HEAD + chunked(b"x", b"y")) == [5_000 * early + HEAD + chunked(b"xy")]


def test_what_was_held_back_is_not_lost_at_the_end() -> None:
    assert joined(HEAD + b"1", b"") == [HEAD, b"1"]
    assert joined(HEAD[:30], b"", b"") == [b"", HEAD[:30], b""]


def chunked(*parts: bytes) -> bytes:
    """These parts, a chunk each."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def cut(response: bytes, cuts: list[int]) -> list[bytes]:
    """A response in the reads that these places separate; none is empty, which would be the end."""
    places = sorted({0, len(response), *(place for place in cuts if place < len(response))})
    return [response[start:end] for start, end in pairwise(places)]


def joined(*reads: bytes) -> list[bytes]:
    """What a new joiner makes of each of these reads."""
    joiner = ChunkJoiner()
    return [joiner.join(read) for read in reads]


def read_by_h11(reads: list[bytes]) -> tuple[list[bytes], bool]:
    """The body, in one piece if there is any, and whether h11 takes it for complete rather than malformed or cut."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "localhost")]))
    connection.send(h11.EndOfMessage())
    for read in filter(None, reads):
        connection.receive_data(read)
    connection.receive_data(b"")
    body = b""
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            return [body], False
        if isinstance(event, h11.EndOfMessage):
            return [body], True
        if isinstance(event, h11.Data):
            body += event.data
