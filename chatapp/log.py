"""Structured logging: one JSON line an event, with secrets taken out before anything is written.

What people write and what models answer is never logged; ids and codes are. Libraries log through the same pipe.
"""

import logging
import sys
import threading
from contextlib import suppress
from typing import TextIO, cast

import structlog

from chatapp.redaction import redact
from chatapp.repeated import FirstOfEach

LIBRARY_LEVEL_MIN = logging.WARNING
"""Below it, libraries say much: every request, and some of them (openai at debug) the messages in it."""

HEAR_STRANGERS = ("engineio", "reflex", "socketio", "uvicorn", "websockets")
"""Libraries that log what strangers send: of these, only the first of a kind a minute."""

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,  # before redact: the text of an exception may hold anything
]


class LossyStream:
    """A stream whose lines get lost while its disk is full or nobody reads it, instead of failing whoever logs them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write `text`, if that can be."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Send what was written on its way, if that can be; else the next flush does."""
        with suppress(OSError):
            self._stream.flush()


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send the log to `stream` (standard error unless given) as JSON lines, from `level` upwards.

    A second call replaces what the first set up.
    """
    lowest, written = logging.getLevelNamesMapping()[level.upper()], cast(TextIO, LossyStream(stream or sys.stderr))
    structlog.configure(
        processors=[*SHARED, redact, structlog.processors.JSONRenderer(default=repr)],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(written),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(written)
    handler.setFormatter(_library_format())
    handler.addFilter(FirstOfEach(HEAR_STRANGERS))
    logging.basicConfig(level=max(lowest, LIBRARY_LEVEL_MIN), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in ("engineio.server", "socketio.server"):  # one with a level gets no handler from its library
        logging.getLogger(name).setLevel(logging.ERROR)


def hear_python() -> None:
    """Log what Python itself would print: exceptions that nobody can catch, in finalizers and at the end of threads."""

    def tell(failure: "sys.UnraisableHookArgs | threading.ExceptHookArgs") -> None:
        if failure.exc_value is not None:
            get_logger(__name__).error("exception_that_nobody_catches", exc_info=failure.exc_value)

    sys.unraisablehook = threading.excepthook = tell


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of a module; `name` becomes the `module` field of its lines."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger


def bind_ids(**ids: str) -> None:
    """Put `ids`, such as generation_id, on every line that the present task logs from here on; also libraries'."""
    structlog.contextvars.bind_contextvars(**ids)


def _library_format() -> logging.Formatter:
    """The same line for what comes from Python's logging, with the name of its logger as `module`."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, _name_module],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact,
            structlog.processors.JSONRenderer(default=repr),
        ],
    )


def _name_module(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    event["module"] = event["_record"].name
    return event
