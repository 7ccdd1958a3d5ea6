"""Makes every build of the pages a different one, so that a tab of an older build notices and reloads itself.

When a tab connects, Reflex compares a hash over the names of all state variables that was built into the page with
the server's own, and tells a page that differs to reload. A change of words or layout alone would not show in it: the
old tab would live on, and fail when it needs a file of its build that is gone. So one variable's name is the build.
"""

import reflex as rx

from chatapp.page_sources import fingerprint


class BuildState(rx.State):
    """Holds that variable and nothing else; no page reads it."""


def tell_builds_apart() -> None:
    """Give BuildState its variable; to be called once, before the app is compiled or served."""
    BuildState.add_var(f"build_{fingerprint()}", bool, default_value=True)
