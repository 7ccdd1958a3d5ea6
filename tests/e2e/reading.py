"""Driving the page as a person does, through the promised test ids only."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PASSWORD = "correct horse battery"
IS_PHONE = "matchMedia('(pointer: coarse)').matches && !matchMedia('(any-pointer: fine)').matches"
ENDED = ("completed", "stopped", "failed", "interrupted")


def new_person(browser: Browser, url: str, **context: object) -> Page:
    """A fresh browser in which somebody has just signed up, where pages and back end share an address."""
    page = signed_up(browser, url, **context)
    expect_open(page)
    return page


def signed_up(browser: Browser, url: str, **context: object) -> Page:
    """The same before the page has opened."""
    opened = browser.new_context(base_url=url, **context)  # type: ignore[arg-type]
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    form: dict[str, str | float | bool] = {"username": f"person-{uuid.uuid4().hex[:12]}", "password": PASSWORD}
    # What the page's form posts, without the page, which is half of the time it takes; the browser keeps the cookie.
    opened.request.post("/auth/signup", form=form, headers={"origin": url}, max_redirects=0)
    page = opened.new_page()
    page.goto("/")
    return page


def sign_up(page: Page, username: str) -> None:
    """Make an account as a person does, and arrive at a new conversation."""
    page.goto("/signup")
    page.locator('input[name="username"]').fill(username)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    expect_open(page)


def second_tab(page: Page) -> Page:
    """Another tab of the same person at the same address."""
    context: BrowserContext = page.context
    other = context.new_page()
    other.goto(page.url)
    expect_open(other)
    return other


def expect_open(page: Page) -> None:
    """Wait until the page of a conversation has opened."""
    expect(composer(page)).to_be_visible()
    expect(page.get_by_test_id("model-picker")).to_contain_text("demo")


def composer(page: Page) -> Locator:
    """The message box."""
    return page.get_by_test_id("composer")


def send(page: Page, text: str) -> None:
    """Type a question, send it (by Enter, but on a phone by the button), and see it in the conversation."""
    composer(page).fill(text)
    if page.evaluate(IS_PHONE):
        page.get_by_test_id("send").tap()
    else:
        composer(page).press("Enter")
    expect(questions(page).last).to_contain_text(text.splitlines()[0][:40])


def questions(page: Page) -> Locator:
    """The texts of the person's own messages."""
    return page.locator('[data-testid="message"][data-role="user"] [data-testid="message-body"]')


def answers(page: Page) -> Locator:
    """The model's messages."""
    return page.locator('[data-testid="message"][data-role="assistant"]')


def answer(page: Page) -> Locator:
    """The newest answer."""
    return answers(page).last


def body(page: Page) -> Locator:
    """The text of the newest answer."""
    return answer(page).get_by_test_id("message-body")


def expect_status(page: Page, status: str, *, seconds: float = 30) -> None:
    """Wait until the newest answer has this state."""
    expect(answer(page)).to_have_attribute("data-status", status, timeout=seconds * 1000)


def copied(page: Page, press: Callable[[], object]) -> str:
    """Empty the clipboard, `press` what copies, and wait for what the browser puts there in its own time."""
    page.evaluate("navigator.clipboard.writeText('')")
    press()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) !== ''")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def expect_conversation(page: Page) -> str:
    """Wait until the address names a conversation; returns its id."""
    page.wait_for_url("**/c/*")
    return page.url.rsplit("/", 1)[1]


def expect_counted(page: Page, last: int, *, seconds: float = 60) -> None:
    """Wait until the newest answer reads 1 to `last`, without a gap or a repeat."""
    expect_status(page, "completed", seconds=seconds)
    assert body(page).inner_text().split() == [str(number) for number in range(1, last + 1)], body(page).inner_text()
