"""Cuts a server-sent event stream into its events. Pure and incremental: bytes in, events out.

It follows the HTML standard's parsing rules as far as chat completions need them: `data` and `event` are kept; ids,
retry times and comments are skipped. What real servers send beside the standard is read too: events one a line without
blank lines, line ends inside JSON, and JSON, a web page or plain words where an event stream should be.
"""

import json
from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DONE = b"[DONE]"

_FIELDS = frozenset({b"data", b"event", b"id", b"retry", b""})  # b"": a comment
_JSON = (b"{", b"[")
_BODY = (*_JSON, b"<")


class EventTooLarge(ValueError):
    """An event is larger than the limit; the rest of the stream is useless."""


class Event(NamedTuple):
    """The data of one event, lines joined by line feeds, and its name, if it has one."""

    data: bytes
    name: bytes = b""


class EventParser:
    """Reads one stream and holds at most `max_bytes` of an event that is not complete."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._line: list[bytes] = []
        self._line_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._name = b""
        self._is_one_whole: bool | None = None  # whether what is held is one line, and whole; None: not looked yet
        self._is_body = False  # what is held came without `data:`
        self._comes_by_line = False  # no blank line ends the events
        self._has_begun = False  # there was an event, or a field
        self._skips_line_feed = False
        self._is_at_start = True

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that `chunk` completes. Raises EventTooLarge."""
        if self._skips_line_feed and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skips_line_feed = False
        if not chunk:
            return []
        # A CR ends its line at once; the LF that may follow it in the next chunk belongs to the same line end.
        self._skips_line_feed = chunk.endswith(b"\r")
        lines = chunk.splitlines()
        rest = b"" if chunk.endswith((b"\n", b"\r")) else lines.pop()
        events = self._take_lines(lines) if lines else []
        if rest:
            self._line.append(rest)
            self._line_bytes += len(rest)
            self._check_size()
        return events

    def end(self) -> list[Event]:
        """The last event when the stream has ended as it should, without its blank line: if it is whole."""
        events = self._take_lines([b""]) if self._line else []
        held = b"\n".join(self._data)
        if is_whole(held) or (self._is_body and not held.startswith(_JSON)):
            self._end_event(events)
        return events

    def _take_lines(self, lines: list[bytes]) -> list[Event]:
        if self._line:
            lines[0] = b"".join((*self._line, lines[0]))
            self._line.clear()
            self._line_bytes = 0
        if self._is_at_start:
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK)
            self._is_at_start = False
        events: list[Event] = []
        for line in lines:
            if line:
                self._take_line(line, events)
            elif not (self._is_body and self._data[0].startswith(_BODY)):
                self._end_event(events)
        return events

    def _take_line(self, line: bytes, events: list[Event]) -> None:
        name, _, value = line.partition(b":")
        if name == b"data" and not (self._is_body and self._data[0].startswith(b"<")):
            self._take_data(value.removeprefix(b" "), events)
        elif self._is_body or name not in _FIELDS:
            self._take_bare(line, events)
        elif name == b"event":
            self._split(events)
            self._name = value.strip()
        self._has_begun = True

    def _take_data(self, value: bytes, events: list[Event]) -> None:
        if self._data:
            self._split(events)
        self._hold(value)
        if self._comes_by_line and is_whole(value):
            self._end_event(events)

    def _take_bare(self, line: bytes, events: list[Event]) -> None:
        """A line that is no field: of an event whose JSON has a line end in it, or the body of no event stream."""
        if not self._data:
            if self._has_begun and not line.startswith(_BODY):
                return
            self._hold(line)
            self._is_body = True
            if is_whole(line):
                self._end_event(events)
        elif self._is_body or not self._holds_one_whole():
            self._hold(line)
        elif line.startswith(_BODY):
            self._split(events)
            self._take_bare(line, events)

    def _split(self, events: list[Event]) -> None:
        """End what is held where another event begins without a blank line between them."""
        if self._is_body:
            self._end_event(events)
        elif self._holds_one_whole():
            self._end_event(events)
            self._comes_by_line = True

    def _holds_one_whole(self) -> bool:
        """Only a first line is looked into, and once: a long event of many lines must not be parsed at each of them."""
        if self._is_one_whole is None:
            self._is_one_whole = len(self._data) == 1 and is_whole(self._data[0])
        return self._is_one_whole

    def _hold(self, line: bytes) -> None:
        self._data.append(line)
        self._is_one_whole = None
        self._data_bytes += len(line) + 1
        self._check_size()

    def _end_event(self, events: list[Event]) -> None:
        if self._data:
            events.append(Event(b"\n".join(self._data), self._name))
            self._data.clear()
            self._data_bytes = 0
            self._is_one_whole = None
        self._name, self._is_body = b"", False

    def _check_size(self) -> None:
        if self._data_bytes + self._line_bytes > self._max_bytes:
            raise EventTooLarge


def is_whole(data: bytes) -> bool:
    """Whether this is all of a payload: a JSON object or list, or the mark of the end."""
    data = data.strip()
    if not data.startswith(_JSON):
        return False
    try:
        json.loads(data, strict=False)
    except (ValueError, RecursionError):
        return data == DONE
    return True
