"""Structured logging: one JSON line an event, with secrets taken out before anything is written.

What people write and what models answer is never logged; ids and codes are.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEYS = frozenset({"password", "token", "cookie", "authorization", "api_key", "secret", "text", "content"})


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of keys that may hold secrets or people's words."""
    for key in SECRET_KEYS & event.keys():
        event[key] = "[redacted]"
    return event


def configure(level: str) -> None:
    """Send the log to standard error as JSON lines, from `level` upwards."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of a module; `name` becomes the `module` field of its lines."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger
