"""Who the page belongs to, and what it needs to know about this installation."""

import reflex as rx


class PersonState(rx.State):
    """Set once when a page opens."""

    username: str = ""
    only_demo: bool = False
    max_characters: int = 200_000
    time_zone: str = "UTC"
