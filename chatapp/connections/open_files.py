"""How many files and sockets this process may have open: as many as the system lets it."""

import resource
from contextlib import suppress

ENOUGH = 65_536
"""More is never needed, and some systems (macOS) refuse their own hard limit."""


def raise_limit() -> int:
    """Raise the soft limit to the hard one; returns what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return ENOUGH if limit == resource.RLIM_INFINITY else limit
