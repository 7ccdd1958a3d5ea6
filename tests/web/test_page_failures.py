"""A page may say what it likes about its failures: a line in the log is all that comes of it."""

import pytest
from reflex.state import FrontendEventExceptionState
from structlog.testing import capture_logs

from chatapp.settings import Settings
from chatapp.web.page_failures import REPORT_MAX_CHARACTERS, note_client_error, receive_reports
from tests.accounts.browsing import join
from tests.ui.events import name_of, tab
from tests.web.test_guard import cookie

HANDLER = name_of(FrontendEventExceptionState, "handle_frontend_exception")


@pytest.fixture(autouse=True)
def _received() -> None:
    receive_reports()


@pytest.mark.asyncio
@pytest.mark.parametrize("info", ["TypeError: null is not an object", "x" * 10_000, 5, None, ["x"]])
async def test_a_report_is_a_line_of_bounded_length_and_nothing_that_the_page_would_do(
    migrated: Settings, info: object
) -> None:
    token = await join("ada", migrated)
    async with tab() as page:
        with capture_logs() as lines:
            await page.send(HANDLER, {"info": info, "component_stack": ""}, cookie=cookie(token))
        assert page.frontend == []
        assert page.errors == []
    assert all(len(line["report"]) <= REPORT_MAX_CHARACTERS for line in lines if line["event"] == "page_failed")


def test_what_reflex_passes_on_is_told_the_same_way() -> None:
    with capture_logs() as lines:
        for number in range(100):
            note_client_error(Exception(f"{number} an update of no use"))
    assert len([line for line in lines if line["event"] == "page_failed"]) <= 5
