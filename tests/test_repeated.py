"""Of what strangers can repeat, the log has the first line of each reason, and a minute later how many more came."""

import io
import json
import logging

import pytest
from structlog.testing import capture_logs

from chatapp import repeated
from chatapp.log import get_logger
from chatapp.repeated import Repeated
from tests.test_log import stream  # noqa: F401 - a fixture
from tests.waiting import until


@pytest.fixture(autouse=True)
def _told() -> None:
    """What other tests have repeated is told before."""
    repeated.tell_all()


def test_each_reason_has_one_line_and_the_others_are_counted() -> None:
    log = Repeated(get_logger(__name__))
    with capture_logs() as lines:
        for _ in range(8):
            log.warning("closed", reason="too long", length=5)
        log.warning("closed", reason="too short")
    assert [line["reason"] for line in lines] == ["too long", "too short"]
    assert lines[0]["length"] == 5
    with capture_logs() as lines:
        repeated.tell_all()
        log.warning("closed", reason="too long")
        repeated.tell_all()
    assert [(line["reason"], line.get("more")) for line in lines] == [("too long", 7), ("too long", None)]


@pytest.mark.asyncio
async def test_the_numbers_come_every_minute_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "TOLD_SECONDS", 0.01)
    log = Repeated(get_logger(__name__))
    with capture_logs() as lines:

        async def is_told() -> bool:
            return any("more" in line for line in lines)

        async with repeated.told():
            for _ in range(3):
                log.warning("closed", reason="too long")
            await until(is_told, what="the number")
            monkeypatch.setattr(repeated, "TOLD_SECONDS", 1_000)
            for _ in range(2):
                log.warning("closed", reason="too short")
    assert [line["more"] for line in lines if "more" in line] == [2, 1]


def test_what_libraries_say_of_strangers_is_counted_too(stream: io.StringIO) -> None:  # noqa: F811 - the fixture
    for name, number in (("websockets.server", 1_000), ("ours", 3)):
        for _ in range(number):
            logging.getLogger(name).warning("again: %s", "x" * 5_000)
    repeated.tell_all()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["module"] for line in lines] == ["websockets.server", "ours", "ours", "ours", "chatapp.repeated"]
    assert lines[-1]["more"] == 999
    assert max(map(len, stream.getvalue().splitlines())) < 1_300
