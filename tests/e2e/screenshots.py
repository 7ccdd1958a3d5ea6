"""Takes the pictures of docs/images from the real app: `python -m tests.e2e.screenshots`.

Each scene at 1280 and 390 pixels width, light and dark: looked at by whoever changes the look, shown in the README.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import find
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, PORT
from tests.e2e.reading import answer, composer, expect_status, send, sign_up
from tests.e2e.serving import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTHS = {"": (1280, 800), "-phone": (390, 844)}
SCHEMES = ("light", "dark")
EARLIER = ("Plan a weekend in Ghent", "What does a lease protect against?", "Name a cat after a star")

Scene = Callable[[Page], None]


def main() -> None:
    """Start the app on a fresh database and photograph every scene."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", PORT)
        server.start()
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        for suffix, size in WIDTHS.items():
            for scheme in SCHEMES:
                photograph(browser, server.url, f"{suffix}-{scheme}", size, scheme)
        browser.close()
        server.terminate()


def photograph(browser: Browser, url: str, suffix: str, size: tuple[int, int], scheme: str) -> None:
    """Walk through the app once and take a picture of each scene."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=size[0] < 500,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/login")
    page.wait_for_url("**/login/**") if "login" in page.url else page.wait_for_url("**/signup**")
    take(page, f"login{suffix}")
    sign_up(page, f"Ada{suffix}".replace("-", "_"))
    for name, scene in SCENES.items():
        scene(page)
        take(page, f"{name}{suffix}")
    context.close()


def take(page: Page, name: str) -> None:
    """One picture, once fonts and code colours are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def empty(page: Page) -> None:
    """A new conversation."""
    expect(composer(page)).to_be_visible()


def conversation(page: Page) -> None:
    """A finished answer with a table, code and maths, below earlier conversations."""
    for question in EARLIER:
        send(page, question)
        expect_status(page, "completed")
        page.goto("/")
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
    "sidebar": sidebar,
}

if __name__ == "__main__":
    main()
