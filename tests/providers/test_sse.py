"""Events come out the same however the network cuts the stream."""

import pytest

from chatapp.providers.sse import EventParser, EventTooLarge


def parse(*chunks: bytes, max_bytes: int = 10_000) -> list[bytes]:
    parser = EventParser(max_bytes)
    return [event.data for chunk in chunks for event in parser.feed(chunk)]


@pytest.mark.parametrize("ending", [b"\n", b"\r", b"\r\n"])
def test_each_line_ending_ends_lines(ending: bytes) -> None:
    stream = ending.join([b"data: one", b"", b"data: two", b"", b""])
    assert parse(stream) == [b"one", b"two"]


def test_a_stream_that_mixes_line_endings_reads_the_same_in_one_piece_and_in_single_bytes() -> None:
    stream = (
        b"\xef\xbb\xbfdata: one\r\n\r\n: comment\n\ndata:two\r\rdata: three\n\r\nevent: x\r\nid: 7\r\n"
        b"data: a\r\ndata\r\ndata: b\r\n\r\n"
    )
    expected = [b"one", b"two", b"three", b"a\n\nb"]
    assert parse(stream) == expected
    assert parse(*(bytes([byte]) for byte in stream)) == expected
    for cut in range(len(stream)):
        assert parse(stream[:cut], stream[cut:]) == expected


def test_a_character_cut_in_two_by_the_network_arrives_whole() -> None:
    stream = "data: é漢😀\n\n".encode()
    assert parse(*(bytes([byte]) for byte in stream)) == ["é漢😀".encode()]


def test_only_one_space_after_the_colon_is_not_data() -> None:
    assert parse(b"data:  x \n\n") == [b" x "]


def test_an_event_without_its_blank_line_is_not_given_out() -> None:
    assert parse(b"data: one\n\ndata: cut") == [b"one"]


def test_comments_and_blank_lines_make_no_event() -> None:
    assert parse(b": still here\n\n\n\nevent: ping\n\n") == []


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 200, b"data: xxxxxxxxxx\n", b"xxxxxxxxxx"])
def test_an_event_that_does_not_end_is_refused_before_it_fills_the_memory(piece: bytes) -> None:
    with pytest.raises(EventTooLarge):
        parse(*[piece] * 20, max_bytes=100)


def test_many_events_together_may_be_larger_than_one() -> None:
    assert len(parse(b"data: xxxxxxxxxx\n\n" * 50, max_bytes=100)) == 50


def test_comments_may_go_on_for_ever() -> None:
    assert parse(*[b": still here\n"] * 100, b"data: x\n\n", max_bytes=100) == [b"x"]
