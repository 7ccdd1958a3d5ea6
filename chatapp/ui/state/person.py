"""Who the page belongs to, and what it needs to know about this installation."""

import reflex as rx


class PersonState(rx.State):
    """Set when a page opens; the time zone, by its IANA name, a moment later: only the browser knows it.

    `trash_note` says how long the trash keeps something; "" where there is none.
    """

    username: str = ""
    only_demo: bool = False
    max_characters: int = 200_000
    trash_note: str = ""
    time_zone: str = ""
