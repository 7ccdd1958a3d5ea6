"""Cuts a server-sent event stream into the data of its events. Pure and incremental: bytes in, payloads out.

It follows the HTML standard's parsing rules as far as chat completions need them: only `data` fields are kept; event
names, ids, retry times and comments are skipped. It does not look into the payloads.
"""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventTooLarge(ValueError):
    """An event is larger than the limit; the rest of the stream is useless."""


class EventParser:
    """Reads one stream and holds at most `max_bytes` of an event that is not complete."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._line: list[bytes] = []
        self._line_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._skips_line_feed = False
        self._is_at_start = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that `chunk` completes, lines joined by line feeds. Raises EventTooLarge."""
        if self._skips_line_feed and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skips_line_feed = False
        if not chunk:
            return []
        # A CR ends its line at once; the LF that may follow it in the next chunk belongs to the same line end.
        self._skips_line_feed = chunk.endswith(b"\r")
        lines = chunk.splitlines()
        rest = b"" if chunk.endswith((b"\n", b"\r")) else lines.pop()
        payloads = self._take_lines(lines) if lines else []
        if rest:
            self._line.append(rest)
            self._line_bytes += len(rest)
            self._check_size()
        return payloads

    def _take_lines(self, lines: list[bytes]) -> list[bytes]:
        if self._line:
            lines[0] = b"".join((*self._line, lines[0]))
            self._line.clear()
            self._line_bytes = 0
        if self._is_at_start:
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK)
            self._is_at_start = False
        payloads = []
        for line in lines:
            if line:
                self._take_field(line)
            elif self._data:
                payloads.append(b"\n".join(self._data))
                self._data.clear()
                self._data_bytes = 0
        return payloads

    def _take_field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._data_bytes += len(line)
            self._check_size()

    def _check_size(self) -> None:
        if self._data_bytes + self._line_bytes > self._max_bytes:
            raise EventTooLarge
