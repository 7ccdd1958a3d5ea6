"""A window of another browser than Chromium: what their drivers have in common, under one set of names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from marionette_driver.marionette import Marionette
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.service import Service

from tests.e2e.other_browsers import programs
from tests.services.real_server import free_port


class Element(Protocol):
    """An element of the page, in either driver's words."""

    def click(self) -> None:
        """Press it, where a hand would."""

    def send_keys(self, *keys: str) -> None:
        """Type into it."""

    def is_displayed(self) -> bool:
        """Whether it can be seen."""
        ...


@dataclass(frozen=True)
class Window:
    """A window with a profile of its own."""

    open: Callable[[str], None]
    """Goes to an address."""

    reload: Callable[[], None]

    find: Callable[[str], Element]
    """The first element that a CSS selector matches. Each driver has an error of its own for none."""

    run: Callable[[str], Any]
    """Runs the body of a JavaScript function in the page, and returns what that does."""


@contextmanager
def firefox(folder: Path) -> Iterator[Window]:
    """Firefox, by the protocol that it speaks itself."""
    driver = Marionette(bin=programs.find("firefox-esr"), port=free_port(), gecko_log=str(folder / "firefox.log"))
    try:
        driver.start_session()
        yield Window(
            driver.navigate, driver.refresh, partial(driver.find_element, By.CSS_SELECTOR), driver.execute_script
        )
    finally:
        driver.cleanup()


@contextmanager
def webkit(folder: Path) -> Iterator[Window]:
    """The small browser that comes with WebKitGTK."""
    log = str(folder / "webkit.log")
    service = Service(executable_path=programs.find("WebKitWebDriver"), log_output=log)
    with WebKitGTK(options=WebKitGTKOptions(), service=service) as driver:
        yield Window(driver.get, driver.refresh, partial(driver.find_element, By.CSS_SELECTOR), driver.execute_script)
