"""What came over a websocket and is no whole message yet: it has its time, and each sender has so much of it."""

import math
from collections import Counter

from websockets.frames import Frame, Opcode

SECONDS = 10.0
BYTES_PER_SECOND = 8_000
"""A message may go on for as long as so much of it comes: a phone with a poor connection sends more than that."""

SENDER_BYTES_MAX = 4_000_000
"""Of one person, over all connections: two of the longest questions, and what is read ahead of their turn."""

DATA = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


class Unfinished:
    """What one connection has begun. `of_senders` counts the bytes of all connections of a process by sender."""

    def __init__(self, of_senders: Counter[str]) -> None:
        self.until = math.inf
        self._of_senders = of_senders
        self._sender = ""
        self._size = 0
        self._begun = 0

    @property
    def is_there(self) -> bool:
        """Whether anything is unfinished."""
        return self._size > 0

    @property
    def is_too_much(self) -> bool:
        """Whether its sender has more unfinished bytes than one person causes."""
        return self._of_senders[self._sender] > SENDER_BYTES_MAX

    def belong_to(self, sender: str) -> None:
        """Count with this sender from now on."""
        size = self._size
        self._add(-size)
        self._sender = sender
        self._add(size)

    def grow(self, size: int, moment: float) -> None:
        """So many bytes more came."""
        more_seconds = size / BYTES_PER_SECOND if self._size else math.inf
        self.until = min(moment + SECONDS, self.until + more_seconds)
        self._add(size)

    def shrink(self, frame: Frame, moment: float) -> None:
        """A whole frame came. With the last one of a message all of that is finished, and the next has its own time."""
        size = _size_on_the_wire(frame)
        if frame.opcode not in DATA:
            self._add(-size)
            return
        self._begun += size
        if frame.fin:
            self._add(-self._begun)
            self._begun, self.until = 0, moment + SECONDS

    def forget(self) -> None:
        """Nothing of it is kept any more."""
        self._add(-self._size)

    def _add(self, size: int) -> None:
        self._size += size
        if self._sender:
            self._of_senders[self._sender] += size
            if not self._of_senders[self._sender]:
                del self._of_senders[self._sender]


def _size_on_the_wire(frame: Frame) -> int:
    length = len(frame.data)
    head = 6 if length < 126 else 8 if length < 65_536 else 14
    return head + length
