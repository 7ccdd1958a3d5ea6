"""What a page may cost, in counts that no machine changes: bytes, frames and files. Times are for `make bench`."""

import re
from dataclasses import dataclass
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from chatapp.streaming.pacing import MIN_SECONDS
from tests.e2e.deployments import Deployment
from tests.e2e.reading import body, composer, expect_counted, expect_status, new_person, send
from tests.e2e.seeding import long_conversation, person_id, seed
from tests.e2e.serving import Server
from tests.e2e.watching import WATCH_OLD_ROWS

EMPTY_APP_BYTES = 240_000
"""The compressed JavaScript of a Reflex 0.10.1 app with one state and one button."""

LOGIN_BYTES = EMPTY_APP_BYTES * 11 // 10
"""The sign-in page may load a tenth more."""

BYTES_A_TOKEN = 75
"""150 KB for 2,000 tokens of about 4.3 characters."""

FRAMES_A_SECOND = 1 / MIN_SECONDS
FRAMES_BESIDE = 25
"""What a question brings that is no flush of text: its rows, the address, the sidebar, the end."""

LONG_TOKENS, SHORT_TOKENS = 8_000, 500
LONG_OVER_SHORT = 1.1 * LONG_TOKENS / SHORT_TOKENS
"""Linear, and a tenth for what a long answer moves from slot to slot."""

RENDERERS = {"formulas": r"KaTeX parse error", "colours of code": r"\[Streamdown Code\]"}
RESOURCES = """() => performance.getEntriesByType("resource")
  .filter(one => new URL(one.name).pathname.endsWith(".js")).reduce((sum, one) => sum + one.encodedBodySize, 0)"""

SELECTORS = """() => [...document.styleSheets].flatMap(function below(one) {
  return one.cssRules ? [...one.cssRules].flatMap((rule) => [rule.selectorText, ...below(rule)]) : [];
}).filter(Boolean)"""
NAMES_AROUND = """body => {
  const names = ["root"];
  for (let one = body.parentElement; one; one = one.parentElement)
    names.push(one.localName, ...[...one.classList].map((name) => "." + name));
  return names;
}"""
LOOKS_BELOW = re.compile(r"([^\s>+~,]*):has\(")
NAME = re.compile(r"(?<![\w-])\.?[\w-]+")
FUNCTIONS = {"where", "is", "not"}


@dataclass
class Wire:
    """What came over the websocket of a page since the last `reset`."""

    frames: int = 0
    size_bytes: int = 0
    since: float = 0.0

    def reset(self) -> None:
        """Begin to count."""
        self.frames, self.size_bytes, self.since = 0, 0, monotonic()

    def take(self, frame: str | bytes) -> None:
        """Count a frame."""
        self.frames += 1
        self.size_bytes += len(frame.encode() if isinstance(frame, str) else frame)

    def watch(self, socket: WebSocket) -> None:
        """Count the frames of `socket` too."""
        socket.on("framereceived", self.take)


@pytest.fixture
def wire(ada: Page) -> Wire:
    """The websocket of ada's page from its next load on."""
    made = Wire()
    ada.on("websocket", made.watch)
    return made


def open_page(page: Page, path: str) -> None:
    """Load `path` and wait until it is filled."""
    page.goto(path)
    expect(composer(page)).to_be_visible()
    expect(page.get_by_test_id("model-picker")).to_contain_text("demo")


def answered(page: Page, wire: Wire, tokens: int) -> Wire:
    """What one answer of so many tokens, as fast as a page is ever asked to follow, has brought."""
    wire.reset()
    send(page, f"long {tokens} at 2000")
    expect_status(page, "completed", seconds=60)
    return Wire(wire.frames, wire.size_bytes, monotonic() - wire.since)


@pytest.mark.parametrize("messages", [0, 500])
def test_an_answer_costs_the_wire_as_little_in_a_long_conversation(
    ada: Page, server: Server, wire: Wire, messages: int
) -> None:
    rows = long_conversation(person_id(server, ada), "A long talk", messages) if messages else []
    seed(server, rows)
    open_page(ada, f"/c/{rows[0].id}" if rows else "/")  # type: ignore[attr-defined]
    wire.reset()
    send(ada, "long 400 at 100")
    expect_status(ada, "streaming")
    ada.get_by_test_id("messages").evaluate(WATCH_OLD_ROWS)
    expect_status(ada, "completed")
    assert ada.evaluate("window.moved") == []
    assert wire.size_bytes <= 400 * BYTES_A_TOKEN
    assert wire.frames <= FRAMES_A_SECOND * (monotonic() - wire.since) + FRAMES_BESIDE


def test_the_bytes_of_an_answer_grow_with_its_length_and_not_with_its_square(ada: Page, wire: Wire) -> None:
    open_page(ada, "/")
    short = answered(ada, wire, SHORT_TOKENS)
    open_page(ada, "/")
    long = answered(ada, wire, LONG_TOKENS)
    assert long.size_bytes <= LONG_OVER_SHORT * short.size_bytes
    assert long.size_bytes <= LONG_TOKENS * BYTES_A_TOKEN


def looks_below(selector: str, around: set[str]) -> bool:
    """Whether what `:has()` is said of may be an element of which `around` has the tag or a class."""
    named = [set(NAME.findall(compound)) - FUNCTIONS for compound in LOOKS_BELOW.findall(selector)]
    return any(not names or names & around for names in named)


def test_no_style_has_the_browser_look_through_the_messages_whenever_an_element_comes(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    around, selectors = set(body(ada).evaluate(NAMES_AROUND)), ada.evaluate(SELECTORS)
    assert {"root", "html", ".conversation", ".message"} <= around
    assert looks_below(".conversation:has(textarea) .examples", around)
    assert any(":has(" in selector for selector in selectors)
    assert [selector for selector in selectors if looks_below(selector, around)] == []


def test_the_login_page_loads_little_more_than_an_empty_app(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=server.url)
    page.goto("/login")
    expect(page.get_by_test_id("auth-submit")).to_be_visible()
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(RESOURCES)
    assert EMPTY_APP_BYTES // 2 < loaded <= LOGIN_BYTES
    page.close()


def test_renderers_are_loaded_for_the_first_text_that_needs_them(browser: Browser, server: Server) -> None:
    page = new_person(browser, server.url)
    addresses, fetched = set[str](), set[str]()
    page.on("response", lambda got: fetched.add(got.url) if got.request.resource_type == "fetch" else None)
    page.on("response", lambda got: addresses.add(got.url) if got.request.resource_type == "script" else None)
    open_page(page, "/")

    def loaded() -> set[str]:
        page.wait_for_load_state("networkidle")
        # Asked for anew: the page's own response may have been "not modified", which has no text.
        scripts = [page.request.get(address).text() for address in addresses]
        return {name for name, mark in RENDERERS.items() if any(re.search(mark, script) for script in scripts)}

    assert loaded() == set()
    send(page, "repeat exactly: plain *words* and `code` for 5 $ and 6 $")
    expect_status(page, "completed")
    assert loaded() == set()
    send(page, "show maths at 400")
    expect_status(page, "completed")
    expect(page.locator(".katex-display").first).to_be_visible()
    assert loaded() == {"formulas"}
    send(page, "show code at 400")
    expect_status(page, "completed")
    expect(page.locator("[data-streamdown=code-block] code span").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert loaded() == {"formulas", "colours of code"}
    assert not any("diagram" in address for address in addresses | fetched)
    send(page, 'repeat exactly: ```mermaid\npie\n  "a": 1\n```')
    expect(page.get_by_test_id("diagram")).to_have_attribute("data-shows", "drawing", timeout=30_000)
    assert any("mermaid.min" in address for address in fetched)
    assert not any("mermaid.min" in address for address in addresses)
    page.context.close()


def test_a_conversation_names_all_its_scripts_in_the_page_that_is_served_for_it(ada: Page, server: Server) -> None:
    rows = long_conversation(person_id(server, ada), "A talk", 2)
    seed(server, rows)
    complaints: list[str] = []
    ada.on("pageerror", lambda error: complaints.append(str(error)))  # the frame is taken over as it is
    ada.goto(f"/c/{rows[0].id}")  # type: ignore[attr-defined]
    named = set(re.findall(r'"(/assets/[^"]+\.js)"', ada.request.get(ada.url).text()))
    expect(ada.get_by_test_id("message").first).to_be_visible()
    used = ada.evaluate("performance.getEntriesByType('resource').map(one => decodeURI(new URL(one.name).pathname))")
    late = [path for path in used if path.endswith(".js") and path not in named]
    assert late == complaints == []


@pytest.mark.deployment
def test_a_conversation_shows_its_frame_before_any_script_has_run(browser: Browser, server: Deployment) -> None:
    page = browser.new_context(base_url=server.url, java_script_enabled=False).new_page()
    page.goto("/c/00000000-0000-4000-8000-000000000000")
    for part in (page.get_by_test_id("sidebar"), page.locator(".header"), composer(page)):
        expect(part).to_be_visible()
    page.context.close()


def test_the_renderer_has_run_out_of_sight_before_the_first_answer_needs_it(ada: Page) -> None:
    prewarm_renderer = ada.locator("[hidden] [data-streamdown]")
    expect(prewarm_renderer.first).to_be_attached()
    expect(prewarm_renderer.first).to_be_hidden()
    send(ada, "count 2")
    expect_status(ada, "completed")
    expect(prewarm_renderer).to_have_count(0)
