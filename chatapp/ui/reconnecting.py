"""How soon a page that has lost its server tries again, which Reflex has no setting for.

Reflex waits longer each time, up to two seconds, and all pages that lost their connection at once wait alike. Here a
page that somebody looks at is back within about a second of its server; many come spread over that time, and those that
nobody looks at come later, or when somebody turns to them.
"""

from typing import Any

import reflex as rx

from chatapp.ui.frontend_patches import replaced

EVENT_LOOP = "utils/state.js"
REFLEX_DELAY = "200 * failed_attempts); // Incremental backoff"
DELAY = (
    "Math.min(200 * failed_attempts, 800) * (0.5 + Math.random()) * (document.hidden ? 5 : 1)); // Backoff with jitter"
)


class QuickReconnect(rx.plugins.Plugin):
    """Builds the pages with our delays."""

    def pre_compile(self, **context: Any) -> None:
        """Change what Reflex writes for the build."""
        context["add_modify_task"](EVENT_LOOP, with_jitter)


def with_jitter(script: str) -> str:
    """The script that keeps the connection, with our delay between two attempts."""
    return replaced(script, REFLEX_DELAY, DELAY, file=EVENT_LOOP)
