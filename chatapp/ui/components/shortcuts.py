"""The key of the browser's own that the page takes over. It is compared in the browser, so that typing sends nothing.

Those of the page stand at what they press, as `aria_keyshortcuts`.
"""

from typing import Any

import reflex as rx

from chatapp.ui.components.printing import is_print_chord, print_all


def shortcuts() -> rx.Component:
    """Ctrl-P: print all messages."""
    return rx.window_event_listener(on_key_down=_on_key)


def _on_key(key: rx.Var[str], held: Any) -> rx.Component:
    return rx.cond(is_print_chord(key, held), print_all().prevent_default, rx.noop())
