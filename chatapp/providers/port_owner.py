"""Whose program listens on a port of this machine, as far as Linux tells.

On a machine of several people anybody can listen where a model server usually does, and would be told what is asked.
"""

import os
from collections.abc import Iterator
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENING = "0A"

FIRST_PERSON = 1_000
NOBODY = 65_534
"""The accounts between are those of people; below are services, and what a container cannot name is nobody."""


def is_another_persons(port: int) -> bool:
    """Whether an account of another person listens on `port`. False where the system does not tell, as on macOS."""
    return any(FIRST_PERSON <= owner < NOBODY and owner != os.geteuid() for owner in _owners(port))


def _owners(port: int) -> Iterator[int]:
    for table in TABLES:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield int(fields[7])
