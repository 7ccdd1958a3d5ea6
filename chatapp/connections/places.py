"""Who is connected: so many connections in all, and so many of one address. Nobody else can take everybody's place."""

from collections import Counter

ADDRESS_MAX = 1_000
"""Fifty people behind one address, each with ten tabs and what their browsers load besides, are about 800."""

TOTAL_MAX = 8_192
"""About 20 KB of memory each while they do nothing."""

FILES_KEPT_FREE = 256
"""Of the files that a process may have open: for the database, journals, and the connections to model servers."""

ADDRESS_SHARE = 0.75
"""Of all places, where a process may have few files open."""


class Places:
    """The places that there are. A connection is whatever object stands for it."""

    def __init__(self, total: int, per_address: int) -> None:
        self._total = total
        self._per_address = per_address
        self._addresses: dict[object, str | None] = {}
        self._counts: Counter[str | None] = Counter()

    def enter(self, connection: object, address: str | None) -> bool:
        """Take a place for a connection from `address`, or from a proxy (None); returns whether there was one."""
        is_full = address is not None and self._counts[address] >= self._per_address
        if is_full or len(self._addresses) >= self._total:
            return False
        self._addresses[connection] = address
        self._counts[address] += 1
        return True

    def leave(self, connection: object) -> None:
        """Give its place back, if it has one."""
        if connection not in self._addresses:
            return
        address = self._addresses.pop(connection)
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return len(self._addresses)


def how_many(open_files_max: int) -> tuple[int, int]:
    """How many connections a process may have that may have so many files open: in all, and of one address."""
    total = max(1, min(TOTAL_MAX, open_files_max - FILES_KEPT_FREE))
    return total, min(ADDRESS_MAX, max(1, int(total * ADDRESS_SHARE)))
