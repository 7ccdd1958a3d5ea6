"""Printing a conversation as a whole: what starts it, and the button it presses for what is still on the server.

`ui/javascript/printing.js` does it in the page, which alone knows when all texts are there. The stylesheet decides what
is on the paper.
"""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportDict, ImportVar
from reflex_base.event import EventSpec
from reflex_base.vars import VarData

from chatapp import words
from chatapp.ui.state.messages import MessagesState

LOAD_ALL_ID = "load-all"

_IMPORTS: ImportDict = {"$/utils/printing.js": [ImportVar(tag="printAll")]}
_PRINT: rx.Var[Any] = rx.Var(f"(() => void printAll('{LOAD_ALL_ID}'))", _var_data=VarData(imports=_IMPORTS))

_IS_APPLE = rx.Var("/Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')").to(bool)


def print_all() -> EventSpec:
    """Print the open conversation, the messages that are not in the page yet included."""
    return rx.call_function(_PRINT)


def is_print_chord(key: rx.Var[str], held: Any) -> rx.Var[bool]:
    """Whether these keys are the browser's own for printing. On a Mac, Ctrl-P goes to the line above."""
    chord = rx.cond(_IS_APPLE, held.meta_key & ~held.ctrl_key, held.ctrl_key & ~held.meta_key).to(bool)
    return (key.lower() == "p") & chord & ~held.shift_key & ~held.alt_key


def earlier_for_print() -> rx.Component:
    """What stands for messages that are not in the page: the button that fetches all, and words for a paper without."""
    return rx.fragment(
        rx.el.button(id=LOAD_ALL_ID, type="button", hidden=True, on_click=MessagesState.load_all),
        rx.el.p(words.EARLIER_NOT_PRINTED, class_name="print-only"),
    )
