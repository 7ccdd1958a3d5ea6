"""What a page says about its own failures: a line in the log, and nothing that the page would do.

Reflex searches such a report with regular expressions whose time grows with the cube of its length, logs all of it,
and answers some with code that reloads the page. A browser can send any report that it likes.
"""

from typing import Annotated

from annotated_types import MaxLen
from reflex.state import FrontendEventExceptionState

from chatapp.log import get_logger
from chatapp.repeated import Repeated
from chatapp.web.arguments import Typed
from chatapp.web.reflex_compat import replace_handler

REPORT_MAX_CHARACTERS = 2_000
Report = Annotated[Typed, MaxLen(16_000)]
"""As much as a short frame holds; only the beginning is kept."""

log = Repeated(get_logger(__name__))


def handle_frontend_exception(_state: FrontendEventExceptionState, info: Report, component_stack: Report) -> None:
    """Log the beginning of what a page says."""
    _log(f"{info} {component_stack}")


def note_client_error(exception: Exception) -> None:
    """Log what a page says about an update that it could not use; Reflex has shortened and counted it."""
    _log(str(exception))


def receive_reports() -> None:
    """Have the first called in place of Reflex's handler of that name: its pages know only that one."""
    replace_handler(FrontendEventExceptionState, handle_frontend_exception)


def _log(report: str) -> None:
    log.warning("page_failed", reason="a page says so", report=report[:REPORT_MAX_CHARACTERS])
