"""The main job in Firefox and WebKit: sign up, ask, watch, copy, stop, come back."""

import json
import uuid

from chatapp import words
from tests.e2e.deployments import Deployment
from tests.e2e.other_browsers.windows import Window
from tests.e2e.reading import PASSWORD
from tests.waiting import until_sync

ANSWER = '[data-testid="message"][data-role="assistant"]'
QUESTION = '[data-testid="message"][data-role="user"]'
BODY = '[data-testid="message-body"]'
COMPOSER = '[data-testid="composer"]'
JUMP = '[data-testid="jump-to-latest"]'
STOP = '[data-testid="stop"]'
ENTER = "\ue007"
SECONDS = 60


def test_what_is_asked_streams_in_and_is_still_there_after_a_reload(window: Window, server: Deployment) -> None:
    sign_up(window, server.url)
    ask(window, "long 400 at 200")
    until_text_grows(window)
    until_status(window, "completed")
    text = last_text(window, f"{ANSWER} {BODY}")
    assert last_text(window, f"{QUESTION} {BODY}") == "long 400 at 200"
    assert not window.find(JUMP).is_displayed()
    window.run("document.querySelector('.scroller').scrollTop = -400")
    until_sync(window.find(JUMP).is_displayed, what="the button to the latest message")
    window.find(JUMP).click()
    until_sync(lambda: not window.find(JUMP).is_displayed(), what="the end of the list")
    window.reload()
    until_status(window, "completed")
    until_sync(lambda: last_text(window, f"{ANSWER} {BODY}") == text, what="the same text after a reload")
    assert not window.find(JUMP).is_displayed()


def test_a_stopped_answer_keeps_its_text_and_can_be_copied(window: Window, server: Deployment) -> None:
    sign_up(window, server.url)
    ask(window, "count 1999 at 50")
    until_text_grows(window)
    until_sync(lambda: takes_presses(window, STOP), what="a button that stops")
    window.find(STOP).click()
    until_status(window, "stopped")
    text = last_text(window, f"{ANSWER} {BODY}")
    window.find(f'{ANSWER} [data-testid="copy"]').click()
    until_sync(lambda: last_text(window, f"{ANSWER} .copied") == words.COPIED, what="the copy")
    window.reload()
    until_status(window, "stopped")
    assert last_text(window, f"{ANSWER} {BODY}") == text
    until_sync(lambda: has_focus(window, COMPOSER), what="the focus in the box")


def sign_up(window: Window, url: str) -> None:
    """Make an account as a person does, and arrive at a new conversation."""
    window.open(f"{url}/signup")
    window.find('input[name="username"]').send_keys(f"person-{uuid.uuid4().hex[:12]}")
    window.find('input[name="password"]').send_keys(PASSWORD)
    window.find('[data-testid="auth-submit"]').click()
    until_sync(lambda: "demo" in last_text(window, '[data-testid="model-picker"]'), seconds=SECONDS, what="the page")


def ask(window: Window, question: str) -> None:
    """Type a question, send it, and keep the focus in the box."""
    window.find(COMPOSER).send_keys(question, ENTER)
    until_sync(lambda: last_text(window, f"{QUESTION} {BODY}") == question, seconds=SECONDS, what="the question")
    assert has_focus(window, COMPOSER)


def until_text_grows(window: Window) -> None:
    """Wait until the newest answer has text, and then more of it, before its end."""
    until_sync(lambda: last_text(window, f"{ANSWER} {BODY}"), seconds=SECONDS, what="the first text")
    first = last_text(window, f"{ANSWER} {BODY}")
    until_sync(lambda: len(last_text(window, f"{ANSWER} {BODY}")) > len(first) + 20, seconds=SECONDS, what="more text")
    assert status(window) == "streaming"


def until_status(window: Window, expected: str) -> None:
    """Wait until the newest answer has this state."""
    until_sync(lambda: status(window) == expected, seconds=SECONDS, what=f"an answer that is {expected}")


def status(window: Window) -> str:
    """The state of the newest answer; empty when there is none."""
    return str(window.run(f"return [...document.querySelectorAll('{ANSWER}')].at(-1)?.dataset.status ?? ''"))


def last_text(window: Window, selector: str) -> str:
    """The text of the last element that a selector matches; empty when there is none."""
    return str(window.run(f"return [...document.querySelectorAll({json.dumps(selector)})].at(-1)?.innerText ?? ''"))


def takes_presses(window: Window, selector: str) -> bool:
    """Whether a press is for this element. A button that has just become another takes none for a moment."""
    style = f"getComputedStyle(document.querySelector({json.dumps(selector)}))"
    return bool(window.run(f"return {style}.pointerEvents !== 'none'"))


def has_focus(window: Window, selector: str) -> bool:
    """Whether what is typed goes there."""
    return bool(window.run(f"return document.activeElement?.matches({json.dumps(selector)})"))
