"""Whole answers on the real page: as they end and after a reload they are the same, to the pixel between paragraphs."""

from playwright.sync_api import Page, expect

from tests.e2e.reading import body, expect_status, send
from tests.e2e.test_same_everywhere import ANSWERS, LONG

# What was never in sight has only an estimated height.
GAPS = """body => {
  for (const part of body.querySelectorAll(":scope > *, :scope > * > *")) part.style.contentVisibility = "visible";
  const blocks = [...body.querySelectorAll(":scope > * > * > p")].map((block) => block.getBoundingClientRect());
  return [...new Set(blocks.slice(1).map((block, at) => Math.round(block.top - blocks[at].bottom)))];
}"""
LINKS = "body => [...body.querySelectorAll('a')].map((link) => link.href)"


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
