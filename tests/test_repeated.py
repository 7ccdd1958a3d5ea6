"""Of what strangers can repeat, the log has the first few lines a minute and the number of the others."""

from structlog.testing import capture_logs

from chatapp.log import get_logger
from chatapp.repeated import LINES_A_MINUTE, Repeated


def test_each_reason_has_a_few_lines_a_minute_and_the_rest_is_counted() -> None:
    moment = 1_000.0
    log = Repeated(get_logger(__name__), lambda: moment)
    with capture_logs() as lines:
        for _ in range(LINES_A_MINUTE + 7):
            log.warning("closed", reason="too long", length=5)
        log.warning("closed", reason="too short")
    assert [line["reason"] for line in lines] == ["too long"] * LINES_A_MINUTE + ["too short"]
    assert lines[0]["length"] == 5
    moment += 61
    with capture_logs() as lines:
        log.warning("closed", reason="too long")
        log.warning("closed", reason="too short")
    assert [line.get("left_out") for line in lines] == [7, None]
