"""Has the pages talk to the address they were opened at: its host, its port, and its scheme.

Reflex takes from it the host alone, where the address in the build is on localhost, and over https the usual port. A
page that is opened through another port than the server listens on (`ssh -L`, `docker -p`) would not find it.
"""

from typing import Any

import reflex as rx

from chatapp.ui.frontend_patches import replaced

FILE = "utils/state.js"
HOST = "endpoint.hostname = frontend_hostname;"
USUAL_PORT = 'endpoint.port = ""; // Assume websocket is on https port via load balancer.'
OWN_PORT = "endpoint.port = window.location.port;"


class OwnAddress(rx.plugins.Plugin):
    """Builds the pages with that."""

    def pre_compile(self, **context: Any) -> None:
        """Change what Reflex writes for the build."""
        context["add_modify_task"](FILE, with_own_address)


def with_own_address(script: str) -> str:
    """Reflex's client with the page's own port beside its own host."""
    with_port = replaced(script, HOST, f"{HOST}\n    {OWN_PORT}", file=FILE)
    return replaced(with_port, USUAL_PORT, OWN_PORT, file=FILE)
