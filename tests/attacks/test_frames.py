"""Frames that would keep a process busy, or fill its memory: their sender gets nothing by them, others go on."""

from tests.attacks.scene import ANSWERED_SECONDS, PASSWORD, answered_seconds
from tests.e2e.serving import Server
from tests.e2e.socket_client import ROOT, PageSocket, opened_page, sign_up

PAGE_FAILED = f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
SLOW_TO_SEARCH = 'TypeError: can\'t access property "", '
"""Reflex searched 100 KB of it for more than 30 s."""


def test_what_a_page_says_of_its_failures_is_cut_counted_and_never_answered(
    attacked: Server, person: PageSocket
) -> None:
    with opened_page(attacked.url, sign_up(attacked.url, PASSWORD)) as eve:
        eve.frames.clear()
        for characters in (1_400_000, 100_000, 15_000, *[1_000] * 20):
            info = SLOW_TO_SEARCH * (characters // len(SLOW_TO_SEARCH))
            eve.emit(PAGE_FAILED, {"info": f"failed {info}", "component_stack": "TypeError: null is not an object"})
        assert answered_seconds(person) < ANSWERED_SECONDS
        eve.settle()
        assert "_call_script" not in "".join(eve.frames)
    reports = [line for line in attacked.log_file.read_text().splitlines() if "page_failed" in line]
    assert 1 <= len(reports) <= 5
    assert max(map(len, reports)) < 3_000
