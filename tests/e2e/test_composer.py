"""The message box loses nothing and sends nothing by accident."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.reading import composer, expect_conversation, expect_counted, questions, send
from tests.waiting import until_sync


def test_shift_enter_breaks_the_line_and_enter_sends(ada: Page) -> None:
    composer(ada).press_sequentially("count 3")
    composer(ada).press("Shift+Enter")
    composer(ada).press_sequentially("please")
    expect(questions(ada)).to_have_count(0)
    composer(ada).press("Enter")
    expect(questions(ada).last).to_have_text("count 3\nplease")


def test_white_space_alone_is_not_sent(ada: Page) -> None:
    composer(ada).fill("  \n ")
    composer(ada).press("Enter")
    send(ada, "count 2")
    expect(questions(ada)).to_have_count(1)


def test_enter_that_ends_a_composition_does_not_send(ada: Page) -> None:
    composer(ada).fill("にほんご")
    composer(ada).evaluate(
        """box => box.dispatchEvent(new KeyboardEvent("keydown",
             {key: "Enter", keyCode: 229, which: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    expect(composer(ada)).to_have_value("にほんご")
    expect(questions(ada)).to_have_count(0)


def test_a_text_that_is_too_long_is_refused_in_place_and_kept(ada: Page) -> None:
    text = "x" * 200_001
    composer(ada).fill(text)
    composer(ada).press("Enter")
    expect(ada.get_by_test_id("error")).to_contain_text("too long")
    assert len(composer(ada).input_value()) == 200_001
    composer(ada).fill("count 3")
    composer(ada).press("Enter")
    expect_counted(ada, 3)


def test_the_longest_text_that_may_be_sent_arrives(ada: Page) -> None:
    composer(ada).fill("x" * 199_990)
    composer(ada).press("Enter")
    expect(questions(ada)).to_have_count(1, timeout=20_000)


def test_a_question_during_an_answer_is_kept_and_told_why(ada: Page) -> None:
    send(ada, "count 400 at 100")
    expect_conversation(ada)
    composer(ada).fill("impatient words")
    composer(ada).press("Enter")
    expect(ada.get_by_test_id("error")).to_be_visible()
    expect(composer(ada)).to_have_value("impatient words")
    ada.get_by_test_id("stop").click()


def test_a_draft_survives_a_reload_in_its_own_conversation(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    expect_conversation(ada)
    with ada.expect_websocket() as opened:
        ada.reload()
    expect(composer(ada)).to_be_editable()
    with opened.value.expect_event("framesent", lambda frame: "save_draft" in str(frame)):
        composer(ada).press_sequentially("half a thought")
    ada.reload()
    expect(composer(ada)).to_have_value("half a thought")
    ada.get_by_test_id("new-chat").first.click()
    ada.wait_for_url("**/")
    expect(composer(ada)).to_have_value("")


class SlowServer:
    """Holds back what the server sends to a page, from the moment it has told what the tab showed before."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[str | bytes] = []
        self._is_slow = self._is_over = False
        self._to_page: WebSocketRoute | None = None
        page.route_web_socket(re.compile("/_event/"), self._connect)

    def has_greeted(self) -> bool:
        """Whether the page knows what the tab showed before, and nothing since."""
        self._page.evaluate("0")  # frames are handed on only while Playwright is asked something
        return bool(self._held)

    def go_on(self) -> None:
        """Let the page be opened."""
        assert self._to_page is not None
        for frame in self._held:
            self._to_page.send(frame)
        self._held, self._is_slow, self._is_over = [], False, True

    def _connect(self, route: WebSocketRoute) -> None:
        self._to_page, self._is_slow = route, False
        server = route.connect_to_server()

        def hold(frame: str | bytes) -> None:
            if self._is_slow:
                self._held.append(frame)
                return
            route.send(frame)
            self._is_slow = not self._is_over and '"is_hydrated_rx_state_":false' in str(frame)

        server.on_message(hold)


def test_what_is_typed_before_a_page_has_opened_stays_where_it_is_typed(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    slow = SlowServer(ada)
    ada.goto("/")
    until_sync(slow.has_greeted, what="the first word of the server")
    composer(ada).evaluate("box => { box.isTheFirst = true; box.focus(); }")
    ada.keyboard.type("typed before")
    slow.go_on()
    expect(ada.get_by_test_id("messages").get_by_test_id("message")).to_have_count(0)
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    ada.keyboard.type(" and after")
    expect(composer(ada)).to_have_value("typed before and after")
    expect(composer(ada)).to_be_focused()
    assert composer(ada).evaluate("box => box.isTheFirst")
    composer(ada).press("Enter")
    expect(questions(ada)).to_have_text(["typed before and after"])
    expect(composer(ada)).to_have_value("")


def test_a_question_sent_before_a_page_has_opened_does_not_go_to_the_conversation_shown_before(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    slow = SlowServer(ada)
    ada.goto("/")
    until_sync(slow.has_greeted, what="the first word of the server")
    composer(ada).fill("for the new one")
    composer(ada).press("Enter")
    slow.go_on()
    expect(ada.locator(".conversation[data-empty=true]")).to_be_visible()
    expect(composer(ada)).to_have_value("for the new one")
    ada.get_by_test_id("conversation-item").first.click()
    expect(questions(ada)).to_have_text(["count 2"])


def test_odd_characters_come_back_as_they_were_sent(ada: Page) -> None:
    text = "👩‍👩‍👧‍👦 مرحبا 请 a\u200bb \u0007 <b>&amp;</b> \u202ertl\u202c"
    composer(ada).fill(text)
    composer(ada).press("Enter")
    expect_conversation(ada)
    ada.reload()
    expect(questions(ada)).to_have_count(1)
    assert questions(ada).evaluate("node => node.textContent") == text
