"""How it looks and feels: nothing moves that should not, everything fits a phone, everything can be read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.e2e.reading import (
    answer,
    answers,
    body,
    composer,
    expect_conversation,
    expect_counted,
    expect_status,
    new_person,
    questions,
    second_tab,
    send,
)
from tests.e2e.seeding import move_back
from tests.e2e.serving import Server
from tests.e2e.tunnel import forwarded
from tests.e2e.watching import (
    CONTRAST,
    MOTIONS,
    SIDEWAYS,
    WATCH_COLOURS,
    WATCH_HEIGHT,
    WATCH_OLD_ROWS,
)

PHONE_HEIGHT = 844
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": PHONE_HEIGHT}, "has_touch": True, "is_mobile": True}
COUNTING = {"guard"}
"""The animation that is the wait of the stop button, which moves nothing."""

WRONG_CLOCK = "const right = Date.now; Date.now = () => right() - 3_600_000;"

LISTS = """99. Ninety-nine

    A second paragraph.

    ```python
    print("in an item")
    ```
100. A hundred

And then:

123456788. Many
123456789. More

- [ ] Buy *milk*
- [x] Call
  - nested

1. قائمة عربية
2. البند الثاني
"""
MARKERS_FIT = """list => {
  const number = document.createElement("span");
  number.textContent = `${list.start + list.children.length - 1}. `;
  number.style.cssText = "position: absolute; white-space: pre";
  list.firstElementChild.append(number);
  const width = number.getBoundingClientRect().width;
  number.remove();
  return width <= parseFloat(getComputedStyle(list).paddingInlineStart);
}"""
LOST_SECONDS = 15
LINE_HEIGHT = 40
"""More than a line of small text with its padding, and less than two."""

FEELS = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element === document.elementFromPoint(left + width / 2, top + height / 2);
}"""

READABLE = 4.5
"""The least contrast for text that WCAG 2.2 level AA asks for."""


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who has just signed up on a phone."""
    page = new_person(browser, server.url, **PHONE)
    yield page
    page.context.close()


def scroller(page: Page) -> Locator:
    """What the messages scroll in. It counts from its end: 0 is the newest text, above it is negative."""
    return page.locator(".scroller")


def contrast(element: Locator) -> float:
    """How well a text stands out from what is behind it, 1 to 21."""
    return float(element.evaluate(CONTRAST))


def brightness(page: Page) -> float:
    """How well black would stand out from the page: 21 on white, 1 on black."""
    return float(page.locator(".shell").evaluate(CONTRAST.replace("getComputedStyle(element).color", "'black'")))


def test_no_scene_on_a_phone_scrolls_sideways(phone: Page) -> None:
    for question, end in {
        "table and code with maths": "completed",
        "fail 429": "failed",
        f"repeat exactly: {'x' * 300} `{'y' * 300}`": "completed",
    }.items():
        send(phone, question)
        expect_status(phone, end)
        assert phone.evaluate(SIDEWAYS) == [], question
    for path in ("/", "/settings", "/c/unknown"):
        phone.goto(path)
        expect(phone.get_by_role("main")).to_be_visible()
        assert phone.evaluate(SIDEWAYS) == [], path
    phone.context.clear_cookies()
    for path in ("/login", "/signup"):
        phone.goto(path)
        expect(phone.get_by_test_id("auth-submit")).to_be_visible()
        assert phone.evaluate(SIDEWAYS) == [], path


def test_lists_have_their_markers_beside_their_text_and_boxes_with_names(phone: Page) -> None:
    send(phone, f"repeat exactly: {LISTS}")
    expect_status(phone, "completed")
    numbered = body(phone).locator("ol")
    expect(numbered).to_have_count(3)
    for each in numbered.all():
        assert each.evaluate(MARKERS_FIT)
        expect(each).to_have_css("list-style-position", "outside")
    expect(numbered.first.locator("li > p").first).to_have_css("display", "block")
    edges = [
        box["x"]
        for box in (each.bounding_box() for each in numbered.first.locator("p, [data-streamdown=code-block]").all())
        if box
    ]
    assert max(edges) - min(edges) <= 1
    expect(numbered.last).to_have_css("direction", "rtl")
    for name, is_done in (("Buy milk", False), ("Call", True)):
        box = body(phone).get_by_role("checkbox", name=name, exact=True)
        expect(box).to_be_disabled()
        expect(box).to_be_checked(checked=is_done)
        expect(box.locator("xpath=ancestor::li[1]")).to_have_css("list-style-type", "none")
    assert phone.evaluate(SIDEWAYS) == []


def test_what_a_phone_says_of_a_lost_connection_is_one_line_that_covers_nothing_to_press(
    browser: Browser, server: Server
) -> None:
    with forwarded(server.port) as port:
        phone = new_person(browser, f"http://localhost:{port}", **PHONE)
    bar = phone.get_by_test_id("connection-lost")
    expect(bar).to_be_visible(timeout=LOST_SECONDS * 1000)
    place, header = bar.bounding_box(), phone.locator(".header").bounding_box()
    assert place is not None
    assert header is not None
    assert place["y"] >= header["y"] + header["height"]
    assert place["height"] < LINE_HEIGHT
    assert not bar.evaluate(FEELS)
    phone.context.close()


@pytest.mark.parametrize("viewport", [(390, 844), (320, 568), (844, 390), (667, 375)], ids=str)
def test_a_title_of_any_length_stands_in_the_header_of_a_phone(phone: Page, viewport: tuple[int, int]) -> None:
    phone.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    send(phone, "repeat exactly: A title that is as long as people write them when they ask for something at length")
    expect_status(phone, "completed")
    title = phone.locator(".header").get_by_role("heading")
    expect(title).to_be_in_viewport(ratio=1)
    place = title.bounding_box()
    assert place is not None
    assert place["width"] >= viewport[0] / 5
    assert title.evaluate("title => title.scrollWidth > title.clientWidth") == (viewport[0] < 400)
    expect(title).to_have_css("text-overflow", "ellipsis")
    expect(phone.get_by_test_id("composer")).to_be_in_viewport(ratio=1)
    assert phone.evaluate(SIDEWAYS) == []


def test_the_message_box_of_a_phone_stays_on_the_screen_and_does_not_zoom(phone: Page) -> None:
    send(phone, "long 200 at 1000")
    expect_status(phone, "completed")
    box = composer(phone).bounding_box()
    assert box is not None
    assert PHONE_HEIGHT - 60 < box["y"] + box["height"] <= PHONE_HEIGHT
    expect(composer(phone)).to_have_css("font-size", "16px")
    smallest = phone.get_by_test_id("send").bounding_box()
    assert smallest is not None
    assert min(smallest["width"], smallest["height"]) >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_in_both_schemes(browser: Browser, server: Server, scheme: str) -> None:
    page = new_person(browser, server.url, color_scheme=scheme)
    for quiet in (page.locator(".quiet-line"), page.get_by_test_id("example").first, page.get_by_test_id("user-menu")):
        assert contrast(quiet) >= READABLE
    send(page, "table with code")
    expect_status(page, "completed")
    send(page, "fail 429")
    expect_status(page, "failed")
    for text in (
        questions(page).first,
        answers(page).first.get_by_role("cell").first,
        answers(page).first.locator("[data-streamdown=code-block-header] *").first,
        *answers(page).first.locator("code span[style]").all()[:12],
        page.get_by_test_id("error"),
        page.get_by_test_id("retry"),
        page.get_by_test_id("model-picker"),
        page.get_by_test_id("sidebar").get_by_role("heading"),
        page.get_by_test_id("conversation-item"),
    ):
        assert contrast(text) >= READABLE, text
    page.context.close()


def test_the_system_decides_between_light_and_dark_until_the_reader_does(ada: Page) -> None:
    for scheme, is_dark in (("dark", True), ("light", False)):
        ada.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(ada.locator("html")).to_have_class(re.compile(scheme))
        expect(ada.locator("html")).to_have_css("color-scheme", scheme)
        assert (brightness(ada) < 3) == is_dark
    ada.get_by_test_id("user-menu").click()
    ada.get_by_test_id("theme").get_by_role("button", name="Dark").click()
    expect(ada.locator("html")).to_have_class(re.compile("dark"))
    ada.reload()
    expect(composer(ada)).to_be_visible()
    assert brightness(ada) < 3


def test_nothing_above_a_growing_answer_is_touched(ada: Page) -> None:
    send(ada, "table")
    expect_status(ada, "completed")
    send(ada, "long 300 at 200")
    expect_status(ada, "streaming")
    ada.get_by_test_id("messages").evaluate(WATCH_OLD_ROWS)
    expect_status(ada, "completed")
    assert ada.evaluate("window.moved") == []


def test_a_reader_keeps_their_place_while_text_grows_below_and_when_it_ends(ada: Page) -> None:
    send(ada, "long 500 at 1000")
    expect_status(ada, "completed")
    send(ada, "long 400 at 200")
    expect_status(ada, "streaming")
    ada.mouse.move(700, 300)
    ada.mouse.wheel(0, -1_000)
    expect(ada.get_by_test_id("jump-to-latest")).to_be_visible()
    heading = answers(ada).first.get_by_role("heading").last
    ada.wait_for_function("() => document.querySelector('.scroller').scrollTop < -900")
    before = heading.evaluate("element => element.getBoundingClientRect().top")
    expect_status(ada, "completed")
    assert abs(heading.evaluate("element => element.getBoundingClientRect().top") - before) <= 1
    ada.get_by_test_id("jump-to-latest").click()
    expect(answer(ada).get_by_test_id("copy")).to_be_in_viewport()
    expect(ada.get_by_test_id("jump-to-latest")).to_be_hidden()


def test_at_the_end_the_page_stays_at_the_end(ada: Page) -> None:
    send(ada, "long 600 at 300")
    expect_status(ada, "completed")
    expect(answer(ada).get_by_test_id("copy")).to_be_in_viewport()
    assert scroller(ada).evaluate("box => box.scrollTop === 0 && box.scrollHeight > box.clientHeight + 500")
    expect(ada.get_by_test_id("jump-to-latest")).to_be_hidden()


def test_a_finished_answer_keeps_its_shape_when_the_next_question_is_sent(ada: Page) -> None:
    send(ada, "table and code with maths")
    expect_status(ada, "completed")
    expect(answer(ada).locator("code span[style]").first).to_be_visible()
    answer(ada).evaluate(WATCH_HEIGHT)
    send(ada, "count 3")
    expect_counted(ada, 3)
    heights = ada.evaluate("[...window.heights]")
    assert len(heights) == 1, heights


def test_code_is_coloured_once_and_only_when_its_block_is_closed(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    ada.evaluate(WATCH_COLOURS)
    send(ada, "code")
    expect_status(ada, "completed")
    expect(answer(ada).locator("code span[style]").first).to_be_visible()
    ada.wait_for_function("() => window.colours.at(-1) === 'closed coloured'")
    seen = ada.evaluate("window.colours")
    assert seen in (["open plain", "closed coloured"], ["open plain", "closed plain", "closed coloured"])


def test_code_is_coloured_beside_the_page_by_a_worker_that_comes_with_the_first_block(ada: Page) -> None:
    send(ada, "count 2")
    expect_counted(ada, 2)
    assert ada.workers == []
    with ada.expect_worker() as worker:
        send(ada, "code")
    assert "code_colours" in worker.value.url


def test_an_answer_with_nothing_to_show_says_so(ada: Page) -> None:
    said = "body => getComputedStyle(body, '::after').content"
    send(ada, "repeat exactly: [link]: https://example.com/")
    expect_status(ada, "completed")
    assert "nothing that can be shown" in body(ada).evaluate(said)
    send(ada, "count 3")
    expect_counted(ada, 3)
    assert body(ada).evaluate(said) == "none"


def test_the_mark_of_a_growing_answer_takes_no_room_and_goes_with_its_end(ada: Page) -> None:
    send(ada, "count 300 at 100")
    expect(body(ada)).to_contain_text("20 ")
    mark = "body => getComputedStyle(body.querySelector('p'), '::after').position"
    assert body(ada).evaluate(mark) == "absolute"
    expect_counted(ada, 300)
    assert body(ada).evaluate(mark) == "static"


def test_reduced_motion_means_no_motion(browser: Browser, server: Server) -> None:
    page = new_person(browser, server.url, reduced_motion="reduce")
    for question in ("wait 60", "count 900 at 50"):
        send(page, question)
        expect_status(page, "streaming")
        assert set(page.evaluate(MOTIONS)) <= COUNTING
        page.get_by_test_id("stop").click()
        expect_status(page, "stopped")
    page.context.close()


def test_the_login_page_does_without_the_markdown_renderer(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=server.url)
    scripts: list[Response] = []
    page.on("response", lambda got: scripts.append(got) if got.request.resource_type == "script" else None)
    page.goto("/login")
    expect(page.get_by_test_id("auth-submit")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert scripts
    for script in scripts:
        assert not re.search(r"data-streamdown|katex-display|createHighlighter", script.text()), script.url
    page.close()


def test_waiting_is_a_still_mark_that_counts_from_its_true_beginning(browser: Browser, server: Server) -> None:
    page = new_person(browser, server.url)
    page.context.add_init_script(WRONG_CLOCK)
    send(page, "wait 60")
    opened = expect_conversation(page)
    expect(answer(page)).to_have_attribute("data-status", re.compile("queued|streaming"))
    expect(page.locator(".thinking")).to_have_text(re.compile(r"^Thinking\s*(\d s)?$"))
    expect(body(page)).to_have_text("")
    move_back(server, opened, seconds=100)
    other = second_tab(page)
    page.reload()
    for tab in (page, other):
        expect(tab.locator(".thinking")).to_have_text(re.compile(r"^Thinking 1\d\d s$"))
    page.get_by_test_id("stop").click()
    expect_status(page, "stopped")
    expect(answer(page)).not_to_contain_text("Thinking")
    page.context.close()
