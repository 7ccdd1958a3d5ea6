"""Joins the chunks of a response (RFC 9112, section 7.1) that have come together into one.

A model server sends each part of an answer as a chunk of its own, and httpcore takes 45 to 55 us for each of them, in
h11 and in five layers of generators. Several parts come in one read; joined first, for 3 us each, they pass through
all that once. h11 still judges whatever is unusual: heads, other framings, chunk extensions and trailers pass as they
are.
"""

import re

HEAD_MAX_BYTES = 65_536
"""A longer head passes as it is; h11 itself refuses those of more than 100 KB."""

_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*(?=\r\n)", re.IGNORECASE)
_SIZE_LINE = re.compile(rb"(?!0+\r)([0-9A-Fa-f]{1,8})\r\n")
_SIZE_LINE_BEGUN = re.compile(rb"[0-9A-Fa-f]{0,8}\r?")


class MalformedChunk(ValueError):
    """A chunk is longer or shorter than it says."""


class ChunkJoiner:
    """For one response. Feed it what is read and hand on what it returns; the body stays the same."""

    def __init__(self) -> None:
        self._held = b""
        self._is_in_body = False
        self._passes_all = False
        self._data_left_bytes = 0  # of the chunk that has begun
        self._is_at_end = False  # of a chunk, before the end of its line

    def join(self, received: bytes) -> bytes:
        """The same bytes in fewer chunks; b"" when it takes more to know. b"" for the end returns all that is held.

        Raises MalformedChunk.
        """
        self._held += received
        self._passes_all |= not received
        head = b"" if self._passes_all or self._is_in_body else self._take_head()
        body = self._take_chunks() if self._is_in_body and not self._passes_all else b""
        return head + body + (self._release() if self._passes_all else b"")

    def _release(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def _take_head(self) -> bytes:
        """The head, once it is whole, after those that only announce it. It says whether chunks follow."""
        taken = b""
        while (end := self._held.find(_HEAD_END)) >= 0:
            end += len(_HEAD_END)
            head, self._held = self._held[:end], self._held[end:]
            taken += head
            if not _INTERIM.match(head):
                self._is_in_body = len(_CHUNKED.findall(head)) == 1
                self._passes_all = not self._is_in_body
                return taken
        self._passes_all = len(self._held) > HEAD_MAX_BYTES
        return taken

    def _take_chunks(self) -> bytes:
        """What has come of the data, as one chunk."""
        pieces: list[bytes] = []
        at = self._take_data(0, pieces)
        while not self._is_at_end and not self._data_left_bytes and (line := _SIZE_LINE.match(self._held, at)):
            self._data_left_bytes = int(line[1], 16)
            at = self._take_data(line.end(), pieces)
        self._held = self._held[at:]
        self._passes_all = not self._data_left_bytes and not self._is_at_end and not self._may_become_size_line()
        data = b"".join(pieces)
        return b"%x\r\n%b\r\n" % (len(data), data) if data else b""

    def _take_data(self, at: int, pieces: list[bytes]) -> int:
        """Take what has come of the chunk that has begun; returns up to where that is."""
        if self._data_left_bytes:
            piece = self._held[at : at + self._data_left_bytes]
            pieces.append(piece)
            at += len(piece)
            self._data_left_bytes -= len(piece)
            self._is_at_end = not self._data_left_bytes
        return self._take_line_end(at) if self._is_at_end else at

    def _take_line_end(self, at: int) -> int:
        end = self._held[at : at + len(_LINE_END)]
        if not _LINE_END.startswith(end):
            raise MalformedChunk
        self._is_at_end = end != _LINE_END
        return at if self._is_at_end else at + len(end)

    def _may_become_size_line(self) -> bool:
        return bool(_SIZE_LINE_BEGUN.fullmatch(self._held))
