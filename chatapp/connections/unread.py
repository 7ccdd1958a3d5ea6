"""What waits for pages that do not read, of all connections of a process together."""

import asyncio

TOTAL_BYTES_MAX = 100_000_000
"""Fifty slow phones that open a page at the same time are half of it."""

BEHIND_BYTES = 128_000
"""From here on a connection is behind with its reading. Fewer bytes are not counted."""


class Unread:
    """The connections that are behind. Each must be noted after whatever is sent to it."""

    def __init__(self, total: int = TOTAL_BYTES_MAX) -> None:
        self._total = total
        self._behind: set[asyncio.Transport] = set()

    def note(self, transport: asyncio.Transport) -> None:
        """Count what waits for this one, and while too much waits for all, give up whoever is behind the most."""
        self._behind.add(transport)
        waiting = {each: each.get_write_buffer_size() for each in self._behind if not each.is_closing()}
        while sum(waiting.values()) > self._total:
            most = max(waiting, key=waiting.__getitem__)
            del waiting[most]
            most.abort()
        self._behind = {each for each, size in waiting.items() if size > BEHIND_BYTES}
