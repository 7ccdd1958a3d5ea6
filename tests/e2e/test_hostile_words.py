"""Words of models and servers beside answers: titles, names, thoughts, errors, sources. They only are what they say."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chatapp.generations.sources import store
from chatapp.models import Generation, Status
from chatapp.providers.base import Source
from tests.e2e.list_server import listing
from tests.e2e.reading import answer, new_person
from tests.e2e.seeding import conversation, exchange, person_id, seed
from tests.e2e.serving import Server, free_port
from tests.waiting import until_sync

pytestmark = pytest.mark.one_process

TOWER = "Z" + "\u0301" * 80 + "Z" + "\u0323" * 80
MARKUP = "<a href=/settings tabindex=1 accesskey=s id=latest>word</a> [word](/login) [word](#latest) ![x](/x)"
WORDS = {
    "markup": MARKUP,
    "turned around": "\u202eone \u2067two \u202d" * 5,
    "not to be seen": "\u200b\u2060\ufeff\u00ad" * 200,
    "towers of accents": f"{TOWER} " * 100,
    "one tower": "Z" + "\u0301" * 60_000,
    "one long word": "a" * 60_000,
}
NAMES = ["demo", "m <b tabindex=1 accesskey=s>x", TOWER, "\u05d0\u05d1\u05d2/7b", "x" * 200]

CONTROLS = ("composer", "send", "new-chat", "user-menu", "model-picker", "conversation-menu")
IS_AT_HAND = """one => {
  const box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""
LEFT_OVERS = """() => [...document.querySelectorAll(
  "[accesskey], [srcset], [tabindex='1'], a[href^='/settings'], a[href^='/login'], .message a[href^='#'], .message img"
)].map((one) => one.outerHTML.slice(0, 200))"""

PLACES = ".title, .conversation-link .one-line, .bubble, .answer, .reasoning-text, .sources, .error-box, .quiet-line"
HIDDEN = "{words}, {words} * {{ color: transparent !important; -webkit-text-fill-color: transparent !important; }}"
COVER = """places => {
  document.querySelectorAll(".cover").forEach((cover) => cover.remove());
  places.forEach((one) => {
    const {x, y, width, height} = one.getBoundingClientRect();
    const cover = document.body.appendChild(document.createElement("div"));
    cover.className = "cover";
    cover.style = "position: fixed; z-index: 99; background: black";
    Object.assign(cover.style, {left: x - 5 + "px", top: y - 5 + "px"});
    Object.assign(cover.style, {width: width + 10 + "px", height: height + 10 + "px"});
  });
}"""
"""A few pixels around a text are for letters that stand out of it, such as the slope of an f."""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose models have such names."""
    with listing(NAMES) as url:
        made = Server(tmp_path_factory.mktemp("named") / "data", free_port())
        made.environment |= {"OPENAI_BASE_URL": url, "CHATAPP_AUTO_TITLE": "false"}
        made.start()
        yield made
        made.terminate()


@pytest.fixture
def page(browser: Browser, named: Server) -> Iterator[Page]:
    """A page of somebody new there."""
    made = new_person(browser, named.url, reduced_motion="reduce")
    yield made
    made.context.close()


def open_saying(page: Page, server: Server, words: str) -> None:
    """Open a conversation that says this everywhere, as long as each place lets it, with its thoughts unfolded."""
    made = conversation(person_id(server, page), words[:120])
    rows = [exchange(made, number) for number in range(2)]
    sources = store([Source("https://a.example/", words[:200]), Source("", words[:200])])
    said = {"text": "Answer.", "reasoning": words, "error_message": words[:500], "sources": sources}
    said |= {"finish_reason": words[:60]}
    questions, answers, generations = zip(*rows, strict=True)
    asked = [question.model_copy(update={"text": words}) for question in questions]
    first, last = (generation.model_copy(update=said) for generation in generations)
    seed(server, [made, *asked, *answers, first, Generation(**{**last.model_dump(), "status": Status.FAILED})])
    page.goto(f"/c/{made.id}")
    answer(page).get_by_role("button", name="Thought").click()
    expect(answer(page).locator(".reasoning-text")).to_be_attached()


def expect_nothing_outside(page: Page, places: str) -> None:
    """Wait until the page looks the same without what is written at these places, but for the places themselves."""

    def looks_the_same() -> bool:
        page.locator(places).evaluate_all(COVER)
        return page.screenshot() == page.screenshot(style=HIDDEN.format(words=f":is({places})"))

    page.mouse.move(0, 0)
    until_sync(looks_the_same, seconds=40, what="a page on which nothing stands out")


@pytest.mark.parametrize("kind", WORDS)
def test_words_beside_answers_do_nothing_and_stay_in_their_places(page: Page, named: Server, kind: str) -> None:
    open_saying(page, named, WORDS[kind])
    assert page.evaluate(LEFT_OVERS) == []
    assert page.locator("[id=latest]").count() == 1
    for control in CONTROLS:
        assert page.get_by_test_id(control).evaluate(IS_AT_HAND), control
    expect_nothing_outside(page, PLACES)


def test_names_of_models_are_only_names(page: Page) -> None:
    page.get_by_test_id("model-picker").click()
    options = page.get_by_test_id("model-option")
    expect(options).to_have_count(len(NAMES))
    assert options.all_inner_texts() == NAMES
    assert page.evaluate(LEFT_OVERS) == []
    options.nth(NAMES.index(TOWER)).click()
    expect(page.get_by_test_id("model-picker")).to_contain_text(TOWER)
    expect_nothing_outside(page, ".model-picker")


def test_names_of_models_stay_in_their_lines(page: Page) -> None:
    page.get_by_test_id("model-picker").click()
    expect(page.get_by_test_id("model-option")).to_have_count(len(NAMES))
    expect_nothing_outside(page, ".model-name")
