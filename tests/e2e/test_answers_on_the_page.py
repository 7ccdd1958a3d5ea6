"""Whole answers on the real page: as they end and after a reload they are the same, to the pixel between paragraphs."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.reading import body, copied, expect_status, send
from tests.e2e.test_same_everywhere import ANSWERS, LONG

# What was never in sight has only an estimated height.
GAPS = """body => {
  for (const part of body.querySelectorAll(":scope > *, :scope > * > *")) part.style.contentVisibility = "visible";
  const blocks = [...body.querySelectorAll(":scope > * > * > p")].map((block) => block.getBoundingClientRect());
  return [...new Set(blocks.slice(1).map((block, at) => Math.round(block.top - blocks[at].bottom)))];
}"""
SELECT = """body => {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT), ends = [4, 9], places = [];
  for (let at = 0, node; (node = walker.nextNode()); at += node.length)
    while (ends.length && ends[0] <= at + node.length) places.push(node, ends.shift() - at);
  getSelection().setBaseAndExtent(...places);
}"""
WATCH_RAW = """(function look() {
  window.raw ??= new Set();
  for (const body of document.querySelectorAll(".answer"))
    for (const [found] of body.innerText.matchAll(/[|$<#].*/g)) window.raw.add(found);
  requestAnimationFrame(look);
})()"""
MIXED = r"""# Title

So $x_1$ and \(y\) in H<sub>2</sub>O:

| Name | Age |
|------|-----|
| Ada | 36 |

<details>
<summary>More</summary>

$$
a = b
$$

</details>

The end."""
LINKS = "body => [...body.querySelectorAll('a')].map((link) => link.href)"

DIAGRAM = "graph TD\n  A[Begin] --> B{Is it?}\n  B -->|yes| C[End]"
SENTENCE = "And the text goes on behind it. "


def written(page: Page, text: str) -> None:
    send(page, f"repeat exactly: {text}")
    expect_status(page, "completed", seconds=90)  # the demo model writes about 400 characters a second


def test_paragraphs_have_the_same_gap_everywhere_and_after_a_reload(ada: Page) -> None:
    written(ada, LONG["plain paragraphs"][:8_000])
    assert body(ada).evaluate("body => body.children.length") > 1
    gaps = body(ada).evaluate(GAPS)
    assert len(gaps) == 1
    ada.reload()
    expect(body(ada)).to_contain_text("Paragraph 120,")
    assert body(ada).evaluate(GAPS) == gaps


def test_links_in_a_long_answer_find_their_definitions_at_its_end(ada: Page) -> None:
    written(ada, LONG["references after nine thousand characters"])
    assert body(ada).evaluate("body => body.children.length") > 1
    expect(body(ada).get_by_role("link")).to_have_count(240)
    links = body(ada).evaluate(LINKS)
    ada.reload()
    expect(body(ada).get_by_role("link")).to_have_count(240)
    assert body(ada).evaluate(LINKS) == links


def test_a_footnote_is_reached_in_the_same_tab_and_leads_back(ada: Page) -> None:
    written(ada, "Some sentence[^1].\n\n" + "More text.\n\n" * 60 + "[^1]: The note.\n")
    address = ada.url
    reference, back = body(ada).locator("sup a"), body(ada).get_by_role("link", name="Back to reference 1")
    reference.click()
    expect(back).to_be_in_viewport()
    back.click()
    expect(reference).to_be_in_viewport()
    assert (ada.url, len(ada.context.pages)) == (address, 1)


def test_all_kinds_of_answers_are_the_same_as_they_end_and_after_a_reload(ada: Page) -> None:
    written(ada, "\n\n".join(text for name, text in ANSWERS.items() if not name.startswith("unclosed")))
    expect(body(ada).locator(".katex").first).to_be_visible()
    shown = body(ada).inner_text().split()
    ada.reload()
    expect(body(ada).locator(".katex").first).to_be_visible()
    assert body(ada).inner_text().split() == shown


def pictures(page: Page) -> Locator:
    """What is seen of the diagrams in the newest answer."""
    return body(page).get_by_test_id("diagram").get_by_role("img", name="Diagram")


def test_a_diagram_is_drawn_when_its_block_has_ended_while_the_answer_goes_on(ada: Page) -> None:
    send(ada, f"repeat exactly: ```mermaid\n{DIAGRAM}\n```\n\n{SENTENCE * 400}")
    expect(body(ada).locator("pre")).to_contain_text("graph TD")
    expect(pictures(ada)).to_be_visible(timeout=25_000)
    expect_status(ada, "streaming")
    ada.get_by_test_id("stop").click()
    expect_status(ada, "stopped")
    light = pictures(ada).get_attribute("src") or ""
    assert light.startswith("data:image/svg+xml,")
    assert "Begin" in light
    ada.emulate_media(color_scheme="dark")
    expect(pictures(ada)).to_have_count(1)
    expect(pictures(ada)).not_to_have_attribute("src", light)
    ada.reload()
    expect(pictures(ada)).to_be_visible(timeout=25_000)


def test_the_code_of_a_diagram_is_copied_and_shown_on_demand(ada: Page) -> None:
    written(ada, f"```mermaid\n{DIAGRAM}\n```")
    expect(pictures(ada)).to_be_visible(timeout=25_000)
    expect(body(ada).locator("pre")).to_be_hidden()
    assert copied(ada, body(ada).get_by_test_id("copy-code").click).strip() == DIAGRAM
    body(ada).get_by_role("button", name="Show code").press("Enter")
    expect(body(ada).locator("pre")).to_contain_text("A[Begin] --> B{Is it?}")
    expect(pictures(ada)).to_have_count(0)
    body(ada).get_by_role("button", name="Show diagram").press("Enter")
    expect(pictures(ada)).to_be_visible()


def test_what_cannot_be_drawn_stays_code(ada: Page) -> None:
    too_many = "graph TD\n" + "\n".join(f"n{number} --> n{number + 1}" for number in range(250))
    written(ada, "\n\n".join(f"```mermaid\n{block}\n```" for block in ("graph TD\n  A[[[ -->", too_many, DIAGRAM)))
    expect(pictures(ada)).to_have_count(1, timeout=25_000)  # one after the other, so the others have had their turn
    shown = [one.get_attribute("data-shows") for one in body(ada).get_by_test_id("diagram").all()]
    assert shown == ["code", "code", "drawing"]
    expect(body(ada).locator("pre").first).to_contain_text("A[[[ -->")


def test_without_the_library_a_diagram_stays_code(ada: Page) -> None:
    ada.route("**/assets/mermaid.min-*", lambda route: route.abort())
    with ada.expect_event("requestfailed"):
        written(ada, f"```mermaid\n{DIAGRAM}\n```")
    expect(body(ada).locator("pre")).to_be_visible()
    expect(ada.locator("iframe")).to_have_count(0)


def test_a_selection_in_the_growing_paragraph_stays_while_words_come_behind_it(ada: Page) -> None:
    send(ada, "count 200 at 100")
    expect(body(ada)).to_contain_text("1 2 3 4 5 6 ")
    body(ada).evaluate(SELECT)
    assert ada.evaluate("String(getSelection())") == "3 4 5"
    expect_status(ada, "completed")
    assert ada.evaluate("String(getSelection())") == "3 4 5"


def test_nothing_is_shown_as_it_was_written_before_it_is_known_what_it_is(ada: Page) -> None:
    ada.add_init_script(WATCH_RAW)
    ada.reload()
    written(ada, MIXED)
    for _ in range(2):
        expect(body(ada).locator(".katex")).to_have_count(3)
        expect(body(ada).get_by_role("cell", name="36")).to_be_visible()
        assert ada.evaluate("[...window.raw]") == []
        ada.reload()
