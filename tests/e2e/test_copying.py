"""Copying works wherever the page does, and the page says so only when it has."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import LAN_ADDRESS
from tests.e2e.deployments import Deployment
from tests.e2e.reading import answer, composer, copied, expect_counted, expect_status, new_person, send

REFUSE = "() => { for (const way of ['write', 'writeText']) navigator.clipboard[way] = () => Promise.reject('no'); }"
MARKUP = """async () => {
  const [copied] = await navigator.clipboard.read();
  return copied.types.includes("text/html") ? (await copied.getType("text/html")).text() : "";
}"""


def said(page: Page, words: str) -> int:
    """How many status regions say this."""
    return page.get_by_role("status").filter(has_text=words).count()


def test_on_plain_http_in_a_local_network_answers_and_code_are_copied(browser: Browser, server: Deployment) -> None:
    page = new_person(browser, server.url)
    cookies = [{**cookie, "domain": LAN_ADDRESS} for cookie in page.context.cookies()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(server.url.replace("localhost", LAN_ADDRESS))
    assert not page.evaluate("isSecureContext")
    send(page, "count 5 with code")
    expect_status(page, "completed")
    answer(page).get_by_test_id("copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    expect(answer(page).get_by_test_id("copy")).to_be_focused()
    composer(page).press("Control+V")
    expect(composer(page)).to_have_value("1 2 3 4 5")
    send(page, "code")
    expect_status(page, "completed")
    answer(page).get_by_test_id("copy-code").first.click()
    composer(page).press("Control+V")
    expect(composer(page)).to_have_value(re.compile(r"def reversed_copy.*and nothing returned\s*", re.DOTALL))
    page.context.close()


def test_what_could_not_be_copied_is_not_said_to_be(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    ada.evaluate(REFUSE)
    answer(ada).get_by_test_id("copy").click()
    expect(ada.get_by_role("status").filter(has_text="Could not copy")).to_be_visible()
    assert said(ada, "Copied") == 0


def test_the_word_about_copying_goes_by_itself(ada: Page) -> None:
    send(ada, "count 3")
    expect_counted(ada, 3)
    answer(ada).get_by_test_id("copy").click()
    word = ada.get_by_role("status").filter(has_text="Copied")
    expect(word).to_be_visible()
    expect(word).to_have_count(0)


def test_an_answer_is_pasted_as_it_looks_or_as_it_was_written(ada: Page) -> None:
    send(ada, "table code maths")
    expect_status(ada, "completed")
    written = copied(ada, answer(ada).get_by_test_id("copy").click)
    assert "| Planet |" in written
    assert "```" in written
    markup = ada.evaluate(MARKUP)
    assert re.search(r"<table.*<th.*</table>", markup, re.DOTALL)
    assert re.search(r"<pre[^>]*><code>def reversed_copy.*\n.*</code></pre>", markup, re.DOTALL)
    assert "$$" in markup or "$" in markup
    assert not re.search(r"class=|style=|<button|<svg|katex", markup)
