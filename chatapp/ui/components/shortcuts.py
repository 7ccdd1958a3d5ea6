"""Keys that work anywhere on the page. Each is compared in the browser, so that typing sends nothing to the server."""

from typing import Any

import reflex as rx

from chatapp.ui.components.composer import COMPOSER_ID
from chatapp.ui.components.printing import is_print_chord, print_all
from chatapp.ui.state.sidebar import SidebarState


def shortcuts() -> rx.Component:
    """Ctrl-Shift-O: new chat; Ctrl-Shift-S: list of chats; Ctrl-P: print all messages; Shift-Escape: message box;
    Escape: close the drawer."""
    return rx.window_event_listener(on_key_down=_on_key)


def _on_key(key: rx.Var[str], held: Any) -> rx.Component:
    chord = (held.ctrl_key | held.meta_key) & held.shift_key
    return rx.cond(
        chord & (key.lower() == "o"),
        rx.redirect("/").prevent_default,
        rx.cond(
            chord & (key.lower() == "s"),
            SidebarState.toggle_hidden.prevent_default,
            rx.cond(
                is_print_chord(key, held),
                print_all().prevent_default,
                rx.cond(
                    (key == "Escape") & held.shift_key,
                    rx.set_focus(COMPOSER_ID),
                    # Whether it is open cannot be asked here: the listener keeps the values of its first render.
                    rx.cond(key == "Escape", SidebarState.set_drawer(False), rx.noop()),
                ),
            ),
        ),
    )
