"""Takes the pictures of docs/images from the real app: `python -m tests.e2e.screenshots`.

Each scene at 1280 and 390 pixels width, light and dark: looked at by whoever changes the look, shown in the README.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import find
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, PORT
from tests.e2e.reading import answer, composer, expect_status, send, sign_up
from tests.e2e.serving import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DEVICES: dict[str, dict[str, Any]] = {
    "": {"viewport": {"width": 1280, "height": 800}},
    "-phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EARLIER = ("Plan a weekend in Ghent", "What does a lease protect against?", "Name a cat after a star")

Scene = Callable[[Page], None]


def main() -> None:
    """Photograph every scene. Each set of pictures gets a fresh database, so that they differ in nothing else."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        for device, options in DEVICES.items():
            for scheme in SCHEMES:
                suffix = f"{device}-{scheme}"
                server = Server(Path(folder) / suffix / "data", PORT)
                server.log_file.parent.mkdir()
                server.start()
                try:
                    photograph(browser, suffix, base_url=server.url, color_scheme=scheme, **options)
                finally:
                    server.terminate()
        browser.close()


def photograph(browser: Browser, suffix: str, **options: Any) -> None:
    """Walk through the app once and take a picture of each scene."""
    signed_in, stranger = (browser.new_context(reduced_motion="reduce", **options) for _ in range(2))
    page = signed_in.new_page()
    sign_up(page, "Ada")
    login(stranger, suffix)
    for name, scene in SCENES.items():
        scene(page)
        take(page, f"{name}{suffix}")
    signed_in.close()


def take(page: Page, name: str) -> None:
    """One picture, once fonts and code colours are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="initial")


def login(stranger: BrowserContext, suffix: str) -> None:
    """What somebody sees who is not signed in."""
    page = stranger.new_page()
    page.goto("/login")
    expect(page.get_by_test_id("auth-submit")).to_be_enabled()
    take(page, f"login{suffix}")
    stranger.close()


def empty(page: Page) -> None:
    """A new conversation."""
    expect(composer(page)).to_be_visible()


def conversation(page: Page) -> None:
    """A finished answer with a table, code and maths, below earlier conversations."""
    for question in EARLIER:
        send(page, question)
        expect_status(page, "completed")
        page.goto("/")
        expect(page.get_by_test_id("example").first).to_be_visible()
    send(page, "Show me a table and code with maths")
    expect_status(page, "completed")
    expect(page.locator(".katex").last).to_be_visible()


def streaming(page: Page) -> None:
    """An answer while it is written."""
    send(page, "Write something long 900 at 150")
    expect(answer(page)).to_contain_text("Step by step", timeout=30_000)


def error(page: Page) -> None:
    """An answer that broke off, with what helps."""
    page.get_by_test_id("stop").click()
    expect_status(page, "stopped")
    send(page, "Please fail 429")
    expect_status(page, "failed")


def queue(page: Page) -> None:
    """Messages that wait until an answer has ended."""
    page.goto("/")
    send(page, "Write something long 900 at 60")
    for number, text in enumerate(("Now in one sentence, please", "And as a table"), start=1):
        composer(page).fill(text)
        page.get_by_test_id("send").click()
        expect(page.get_by_test_id("queued-message")).to_have_count(number)
    expect(answer(page)).to_contain_text("Step by step", timeout=30_000)


def sidebar(page: Page) -> None:
    """The list of conversations; on a phone it is a drawer."""
    opener = page.get_by_role("button", name="Open the list of chats")
    if opener.is_visible():
        opener.click()
    expect(page.get_by_test_id("sidebar")).to_be_visible()
    page.get_by_test_id("conversation-item").first.hover()


SCENES: dict[str, Scene] = {
    "empty": empty,
    "conversation": conversation,
    "streaming": streaming,
    "error": error,
    "queue": queue,
    "sidebar": sidebar,
}

if __name__ == "__main__":
    main()
