"""How often each fault is tried: its full count in `make faults`, a share of it where time is short."""

import os

import pytest

SHARE = float(os.environ.get("CHATAPP_TEST_FAULTS", "0.02"))
"""1 is the full count; the usual share keeps every test of this folder together within eight minutes."""


def times(full: int, least: int = 1) -> int:
    """How often to try what is tried `full` times in all."""
    return max(least, round(full * SHARE))


def lasting(full_seconds: float, short_seconds: float) -> float:
    """How long a fault lasts: `full_seconds` in the full run, where time is short `short_seconds`."""
    return full_seconds if SHARE >= 1 else short_seconds


takes_a_minute = pytest.mark.skipif(SHARE < 0.1, reason="even once it takes a minute: make faults does it")
"""For what the time of everybody's tests does not bear."""
