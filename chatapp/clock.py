"""The one place that asks what time it is, so that tests and rules can find every use of it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)
