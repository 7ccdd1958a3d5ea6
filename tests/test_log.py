"""The log: a JSON line an event, from us and from libraries alike, and no secret in any of them."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from chatapp import log

SECRET = "s3cr3t-Value.9"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards it goes where it went before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = io.StringIO()
    log.configure("info", made)
    yield made
    logging.captureWarnings(capture=False)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_its_module_and_moment(stream: io.StringIO) -> None:
    log.get_logger("chatapp.here").info("answer_ended", generation_id="g", note="two\nlines")
    (line,) = lines(stream)
    assert line.pop("timestamp")
    assert line == {
        "event": "answer_ended",
        "generation_id": "g",
        "level": "info",
        "module": "chatapp.here",
        "note": "two\nlines",
    }


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    log.get_logger("chatapp.here").debug("detail")
    logging.getLogger("httpx").info("HTTP Request: GET http://localhost")
    assert lines(stream) == []


def test_libraries_log_through_the_same_pipe(stream: io.StringIO) -> None:
    log.bind_ids(generation_id="g")
    logging.getLogger("some.library").warning("GET /_event?token=%s", SECRET)
    (line,) = lines(stream)
    assert line["module"] == "some.library"
    assert line["generation_id"] == "g"
    assert line["event"] == "GET /_event?token=[redacted]"


def test_the_text_of_an_exception_is_searched_for_secrets(stream: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(f"password={SECRET}")

    for write in (log.get_logger("chatapp.here").exception, logging.getLogger("library").exception):
        try:
            fail()
        except ValueError:
            write("it failed")
    assert [line["event"] for line in lines(stream)] == ["it failed", "it failed"]
    assert all("ValueError" in str(line["exception"]) for line in lines(stream))
    assert SECRET not in stream.getvalue()


class Failing:
    """Something that cannot even go without failing."""

    def __del__(self) -> None:
        raise ValueError("nobody can catch this")


def test_what_python_would_print_is_logged(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    log.hear_python()
    made = Failing()
    del made
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    first, second = lines(stream)
    assert "nobody can catch this" in str(first["exception"])
    assert "ZeroDivisionError" in str(second["exception"])


def test_a_second_call_replaces_the_first(stream: io.StringIO) -> None:
    second = io.StringIO()
    log.configure("warning", second)
    logging.getLogger("library").warning("once")
    log.get_logger("chatapp.here").info("too low")
    assert stream.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["once"]


@pytest.mark.usefixtures("stream")
def test_whoever_logs_goes_on_while_the_disk_of_the_log_is_full(capsys: pytest.CaptureFixture[str]) -> None:
    with open("/dev/full", "w", buffering=1) as full:  # noqa: PTH123 - line by line, as standard error is
        log.configure("info", full)
        for _ in range(1000):
            log.get_logger("chatapp.here").warning("no room " * 20)
            logging.getLogger("library").warning("no room either " * 20)
        full_is_gone(full)
    assert capsys.readouterr().err == ""


def full_is_gone(full: io.TextIOWrapper) -> None:
    """Close what still holds lines that no disk will take."""
    with pytest.raises(OSError, match="No space left"):
        full.close()
