"""Whatever a text is made of, the page around it stays whole, quick, and free of what the text paints.

Thirty of three hundred texts are tried unless CHATAPP_TEST_ATTACKS=1.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.attacks.hostile_texts import text
from tests.attacks.scale import times
from tests.e2e.deployments import Deployment
from tests.e2e.reading import body, composer, expect_status, send
from tests.e2e.seeding import conversation, exchange, person_id, seed

PART = 30
LONGEST_TASK_MS = 200
VISITS = 3
"""The quickest counts: a machine that does other things makes a task look longer."""

WATCH_TASKS = """
window.longest = 0;
new PerformanceObserver((list) => list.getEntries().forEach((task) => {
  window.longest = Math.max(window.longest, task.duration);
})).observe({type: "longtask", buffered: true});
"""
LEADS_ELSEWHERE = """() => {
  const found = [];
  for (let x = 4; x < innerWidth; x += 16) for (let y = 4; y < innerHeight; y += 16) {
    const link = document.elementFromPoint(x, y)?.closest("[data-testid=message-body] *")?.closest("a[href]");
    const box = link?.closest("[data-testid=message-body]").getBoundingClientRect();
    if (box && (x < box.left - 5 || x > box.right + 5 || y < box.top - 5 || y > box.bottom + 5)) found.push([x, y]);
  }
  return found;
}"""


def addresses(server: Deployment, page: Page, numbers: range) -> dict[int, str]:
    """The pages of one conversation for each text, by the text's number."""
    owner = person_id(server, page)
    rows, made = [], {}
    for number in numbers:
        one = conversation(owner, "Hostile")
        question, message, generation = exchange(one, 0)
        rows.append((one, question, message, generation.model_copy(update={"text": text(number)})))
        made[number] = f"/c/{one.id}"
    seed(server, [row for column in zip(*rows, strict=True) for row in column])
    return made


def longest_task(page: Page, address: str) -> float:
    """Milliseconds that opening this conversation keeps the page from everything else, at the longest."""
    page.goto(address)
    expect(body(page)).to_contain_text("After.")
    page.wait_for_load_state("networkidle")  # KaTeX comes when a formula asks for it
    longest: float = page.evaluate("window.longest")
    return longest


def refuse_damage(page: Page, seed_: int) -> None:
    """The page is there, and no point outside the message leads anywhere."""
    assert page.get_by_test_id("broken-page").count() == 0, seed_
    expect(page.get_by_test_id("composer")).to_be_visible()
    assert page.evaluate(LEADS_ELSEWHERE) == [], seed_


@pytest.mark.parametrize("part", range(times(10)))
def test_hostile_texts_that_are_opened_break_slow_and_cover_nothing(ada: Page, server: Deployment, part: int) -> None:
    ada.add_init_script(WATCH_TASKS)
    slow: dict[int, float] = {}
    for number, address in addresses(server, ada, range(PART * part, PART * part + PART)).items():
        for _ in range(VISITS):
            slow[number] = min(slow.get(number, 1e9), longest_task(ada, address))
            if slow[number] <= LONGEST_TASK_MS:
                break
        refuse_damage(ada, number)
    assert {number: took for number, took in slow.items() if took > LONGEST_TASK_MS} == {}


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
    expect(broken).to_contain_text("Your conversations are kept.")
    assert "Error" not in ada.locator("body").inner_text()
    broken.get_by_role("link", name="Start a new chat").click()
    expect(composer(ada)).to_be_visible()
