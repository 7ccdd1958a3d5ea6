"""How much of each attack is tried: all of it in `make attacks`, a share of it where time is short."""

import os

SHARE = float(os.environ.get("CHATAPP_TEST_ATTACKS", "0.1"))
"""1 is the measured attack; the usual share takes seconds for each."""


def times(full: int, least: int = 1) -> int:
    """How often to do what the attack does `full` times."""
    return max(least, round(full * SHARE))


IS_FULL = SHARE >= 1
