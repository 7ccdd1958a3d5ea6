"""Whatever a text is made of, the page around it stays whole, quick, and free of what the text paints.

Twenty-five of three hundred texts are tried unless CHATAPP_TEST_ATTACKS=1.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chatapp.ui.text.maths import translate
from tests.attacks.hostile_model import hostile_model
from tests.attacks.hostile_texts import text
from tests.attacks.scale import times
from tests.e2e.reading import body, composer, expect_conversation, expect_status, new_person, send
from tests.e2e.serving import Server, free_port

TEXTS = 300
PART = 25
LONGEST_TASK_MS = 200

WATCH_TASKS = """
window.longest = 0;
new PerformanceObserver((list) => list.getEntries().forEach((task) => {
  window.longest = Math.max(window.longest, task.duration);
})).observe({type: "longtask", buffered: true});
"""
IS_THERE = """() => {
  const answer = [...document.querySelectorAll("[data-testid=message][data-role=assistant]")].at(-1);
  const body = answer?.querySelector("[data-testid=message-body]");
  return answer?.dataset.status === "completed" && body?.textContent.includes("Before.");
}"""
"""Texts are put there from their end up."""

IS_EMPTY = "() => !document.querySelector('[data-testid=message]')"
HAS_MATHS = "() => globalThis.mdPlugins?.math"
POLL_MS = 20
LONGEST = "() => new Promise((told) => requestIdleCallback(() => setTimeout(() => told(window.longest))))"
LEADS_ELSEWHERE = """() => {
  const bodies = [...document.querySelectorAll("[data-testid=message-body]")].map((one) => one.getBoundingClientRect());
  const isOutside = (x, y) => bodies.every((box) =>
    x < box.left - 5 || x > box.right + 5 || y < box.top - 5 || y > box.bottom + 5);
  const found = [];
  for (let x = 4; x < innerWidth; x += 20) for (let y = 4; y < innerHeight; y += 20)
    if (isOutside(x, y) && document.elementFromPoint(x, y)?.closest("[data-testid=message-body] a[href]"))
      found.push([x, y]);
  return found;
}"""


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page in front of the model that answers with such texts."""
    with hostile_model() as url:
        server = Server(tmp_path_factory.mktemp("hostile") / "data", free_port())
        server.environment |= {"OPENAI_BASE_URL": url, "CHATAPP_AUTO_TITLE": "false"}
        server.start()
        page = new_person(browser, server.url)
        page.add_init_script(WATCH_TASKS)
        yield page
        page.context.close()
        server.terminate()


def longest_task(page: Page, number: int) -> float:
    """Milliseconds that the text kept the page from everything else at the longest, once all of it is there."""
    page.wait_for_function(IS_THERE, polling=POLL_MS)
    if "$$" in translate(text(number)):
        page.wait_for_function(HAS_MATHS, polling=POLL_MS)  # KaTeX comes when a formula asks for it
    longest: float = page.evaluate(LONGEST)
    return longest


def refuse_damage(page: Page, number: int) -> None:
    """The page is there, and no point outside the message leads anywhere."""
    assert page.get_by_test_id("broken-page").count() == 0, number
    expect(composer(page)).to_be_visible()
    assert page.evaluate(LEADS_ELSEWHERE) == [], number


def written(page: Page, number: int) -> float:
    """The longest task while the text is written into a new conversation."""
    page.get_by_test_id("new-chat").click()
    page.wait_for_function(IS_EMPTY, polling=POLL_MS)
    page.evaluate("window.longest = 0")
    composer(page).fill(f"text {number}")
    composer(page).press("Enter")
    longest = longest_task(page, number)
    expect_conversation(page)
    return longest


def opened(page: Page, number: int) -> float:
    """The longest task while the conversation is opened."""
    page.reload(wait_until="commit")
    return longest_task(page, number)


def longest_cpu(page: Page, way: Callable[[Page, int], float], number: int) -> float:
    """The same in time of the CPU, which a busy machine makes no longer, but recording it costs time itself."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["toplevel"])
    way(page, number)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    pages = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [e["tdur"] / 1000 for e in events if "tdur" in e and (e["pid"], e["tid"]) in pages]
    assert tasks
    return max(tasks)


@pytest.mark.one_process
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(times(TEXTS // PART)))
def test_hostile_texts_that_are_written_and_opened_break_slow_and_cover_nothing(hostile: Page, part: int) -> None:
    slow: dict[tuple[str, int], float] = {}
    for number in range(PART * part, PART * part + PART):
        for way in (written, opened):
            if way(hostile, number) > LONGEST_TASK_MS and (took := longest_cpu(hostile, way, number)) > LONGEST_TASK_MS:
                slow[way.__name__, number] = took
            refuse_damage(hostile, number)
    assert slow == {}


# Where the renderer reads a link's words, and where it looks at a block before it reads it.
BREAK_A_BLOCK = "String.prototype.normalize = () => { throw new Error('broken') };"
BREAK_THE_PAGE = """const split = String.prototype.split, isFirstPage = !sessionStorage.broken;
String.prototype.split = function (...how) {
  if (isFirstPage && String(this).startsWith("break the page")) {
    sessionStorage.broken = "yes";
    throw new Error("broken");
  }
  return split.apply(this, how);
};"""


def test_a_block_that_breaks_the_renderer_is_shown_as_it_was_written_beside_the_others(ada: Page) -> None:
    ada.add_init_script(BREAK_A_BLOCK)
    ada.reload()
    send(ada, "repeat exactly: **Before**\n\nA [link](https://example.com)\n\n**After**")
    expect_status(ada, "completed")
    expect(body(ada).get_by_test_id("plain-block")).to_contain_text("A [link](https://example.com)")
    expect(body(ada).locator("[data-streamdown=strong]")).to_have_text(["Before", "After"])


def test_a_page_that_breaks_all_the_same_says_so_and_offers_a_way_on(ada: Page) -> None:
    ada.add_init_script(BREAK_THE_PAGE)
    ada.reload()
    composer(ada).fill("repeat exactly: break the page")
    composer(ada).press("Enter")
    broken = ada.get_by_test_id("broken-page")
    expect(broken).to_contain_text("Your chats are safe.")
    assert "Error" not in ada.locator("body").inner_text()
    broken.get_by_role("link", name="Start a new chat").click()
    expect(composer(ada)).to_be_visible()
